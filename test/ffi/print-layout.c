/* Prints where the fields of the shared structs lie, one "struct.field offset" a line. Compiled by a test, never linked
 * into anything: one source is included whole, since two of the structs are private to it. */
#include "../../ffi/wakeline.c"
#include "../../ffi/cpu-wait.h"
#include "../../ffi/ring-enter.h"

#include <stddef.h>
#include <stdio.h>

#define FIELD(type, field) printf(#type "." #field " %zu\n", offsetof(struct type, field))
#define SIZE(type) printf(#type " %zu\n", sizeof(struct type))

static void print_sleeps(void) {
    SIZE(wl_nap);
    FIELD(wl_nap, line);
    FIELD(wl_nap, seen_deaths);
    FIELD(wl_nap, sleeps);
    FIELD(wl_nap, enters);
    FIELD(wl_nap, expired);
    FIELD(wl_nap, is_asleep);
    FIELD(wl_nap, heard);
    FIELD(wl_nap, event_data);
    FIELD(wl_nap, slept_ms);
    FIELD(wl_nap, longest_ms);
    FIELD(wl_nap, woken_ms);
    FIELD(wl_nap, gather_us);
    FIELD(wl_nap, gathered_completions);

    SIZE(wl_enter);
    FIELD(wl_enter, fd);
    FIELD(wl_enter, to_submit);
    FIELD(wl_enter, min_complete);
    FIELD(wl_enter, flags);
    FIELD(wl_enter, timespec_address);
    FIELD(wl_enter, seconds);
    FIELD(wl_enter, nanoseconds);
}

int main(void) {
    SIZE(wl_registry);
    FIELD(wl_registry, deaths);
    FIELD(wl_registry, can_fence);
    FIELD(wl_registry, slots);
    SIZE(wl_slot);
    FIELD(wl_slot, state);
    FIELD(wl_slot, generation);
    FIELD(wl_slot, in_flight);
    FIELD(wl_slot, watching);
    FIELD(wl_slot, rung_ms);
    FIELD(wl_slot, wake_word);
    FIELD(wl_slot, never_changes);
    FIELD(wl_slot, wake_word_address);
    FIELD(wl_slot, event_fd);
    FIELD(wl_slot, fence);
    FIELD(wl_slot, ringing);
    FIELD(wl_slot, at_rest);
    FIELD(wl_slot, hold);
    printf("states.running %d\nstates.waiting %d\nstates.sleeping %d\n", WL_RUNNING, WL_WAITING, WL_SLEEPING);
    printf("states.busy %d\n", WL_BUSY);
    printf("holds.isJavaScripts %d\nholds.isOffered %d\nholds.isOver %d\n", WL_HOLD_IS_JAVASCRIPTS, WL_HOLD_IS_OFFERED,
           WL_HOLD_IS_OVER);

    SIZE(wl_wait);
    FIELD(wl_wait, address);
    FIELD(wl_wait, expected);
    FIELD(wl_wait, mask);
    FIELD(wl_wait, count);
    FIELD(wl_wait, changed);
    FIELD(wl_wait, waits);
    FIELD(wl_wait, limited);
    FIELD(wl_wait, state_c0);
    printf("words.max %d\nends.deadline %d\nends.changed %d\n", WL_MAX_WORDS, WL_DEADLINE, WL_CHANGED);
    printf("features.umwait %d\nfeatures.mwaitx %d\n", WL_HAS_UMWAIT, WL_HAS_MWAITX);
    printf("features.invariantTsc %d\nfeatures.pause %d\n", WL_HAS_INVARIANT_TSC, WL_HAS_PAUSE);
    printf("features.wfe %d\n", WL_HAS_WFE);
    printf("features.umwaitFaults %d\nfeatures.mwaitxFaults %d\n", WL_UMWAIT_FAULTS, WL_MWAITX_FAULTS);

    SIZE(wl_ring);
    FIELD(wl_ring, fd);
    FIELD(wl_ring, cq_mask);
    FIELD(wl_ring, cq_head_address);
    FIELD(wl_ring, cq_tail_address);
    FIELD(wl_ring, cqes_address);
    FIELD(wl_ring, mapped);
    FIELD(wl_ring, mapped_bytes);
    FIELD(wl_hook, ring);

    print_sleeps();

    SIZE(wl_ready);
    FIELD(wl_ready, number);
    FIELD(wl_ready, events);
    return 0;
}
