/*
 * The way to sleep that SleepState and EnterWait go in JavaScript, for the case that needs nothing else: nothing is prepared,
 * nothing has been let go of, the ring watches libuv and the loop's eventfd, and the idle policy does not wait in user mode. On a CPU
 * that was halted meanwhile, all code on the way from the wake to the turn, and back, is cold.
 *
 * Where libuv does the blocking there is still less to do, and once is enough: the loop stays asleep whatever else libuv's poll
 * finds, since whoever takes SLEEPING back writes the eventfd, which libuv polls like the ring.
 */
#define _GNU_SOURCE
#include "nap.h"

#include "clock.h"
#include "io-uring.h"
#include "ring-enter.h"

#include <errno.h>

extern void uv_update_time(void *loop);
extern int uv_backend_timeout(const void *loop);

/* Submits nothing: whoever prepares an entry is not at rest. Returns the system call's result, or -errno. */
static int wait_for_completion(const struct wl_nap *nap, int ring_fd, int timeout_ms) {
    struct wl_enter call = {.fd = ring_fd, .min_complete = 1, .flags = ENTER_GETEVENTS | ENTER_EXT_ARG};
    if (nap->gather_us != 0) {
        call.min_complete = nap->gathered_completions;
        call.min_wait_us = nap->gather_us;
    }
    if (timeout_ms >= 0) {
        /* The kernel would not look at the time-out before. */
        if (call.min_wait_us / 1000 >= (uint32_t)timeout_ms) call.min_wait_us = (uint32_t)timeout_ms * 1000;
        call.timespec_address = (uint64_t)(uintptr_t)&call.seconds;
        call.seconds = timeout_ms / 1000;
        call.nanoseconds = timeout_ms % 1000 * 1000000;
    }
    return wl_ring_enter(&call);
}

/* The fence is that of the store: a post that was made before it is seen by this look, and one that is made after it finds
 * SLEEPING, and wakes the kernel. */
static int may_sleep(const struct wl_nap *nap, struct wl_slot *slot) {
    atomic_store(&slot->state, WL_SLEEPING);
    return changed_words(&nap->line) == 0 && atomic_load(&wl_registry_memory.deaths) == nap->seen_deaths;
}

/* A doorbell that rang ended it; what came after that is the kernel's wake. */
static void note_sleep(struct wl_nap *nap, struct wl_slot *slot, double since_ms) {
    double until_ms = nap->woken_ms = wl_now_ms();
    double rung_ms = atomic_load_explicit(&slot->rung_ms, memory_order_relaxed);
    if (rung_ms > since_ms && rung_ms < until_ms) until_ms = rung_ms;
    nap->slept_ms = until_ms - since_ms;
    if (nap->slept_ms > nap->longest_ms) nap->longest_ms = nap->slept_ms;
}

int wl_rest(struct wl_nap *nap, struct wl_slot *slot) {
    if (!slot->at_rest) return 0;
    if (nap->is_asleep) {
        note_sleep(nap, slot, nap->since_ms);
    } else if (!may_sleep(nap, slot)) {
        slot->at_rest = 0;
        atomic_store_explicit(&slot->state, WL_RUNNING, memory_order_relaxed);
        return 0;
    }
    nap->is_asleep = 1;
    nap->since_ms = wl_now_ms();
    nap->sleeps++;
    return 1;
}

void wl_rest_end(struct wl_nap *nap, struct wl_slot *slot) {
    if (nap->is_asleep) note_sleep(nap, slot, nap->since_ms);
}

/* What the eventfd's watch tells is in the wake word already: a completion of it that is alone, and not its last, needs no look
 * of JavaScript's at the ring. */
static void take_event(struct wl_nap *nap, const struct wl_ring *ring) {
    _Atomic uint32_t *head = (_Atomic uint32_t *)(uintptr_t)ring->cq_head_address;
    const _Atomic uint32_t *tail = (const _Atomic uint32_t *)(uintptr_t)ring->cq_tail_address;
    uint32_t at = atomic_load_explicit(head, memory_order_relaxed);
    if (atomic_load_explicit(tail, memory_order_acquire) - at != 1) return;
    const struct cqe *cqe = (const struct cqe *)(uintptr_t)ring->cqes_address + (at & ring->cq_mask);
    if (cqe->user_data != nap->event_data || !(cqe->flags & CQE_MORE)) return;
    atomic_store_explicit(head, at + 1, memory_order_release);
    nap->heard++;
}

enum wl_nap_end wl_nap(struct wl_nap *nap, struct wl_slot *slot, const struct wl_ring *ring, void *uv_loop) {
    if (!slot->at_rest) return WL_NAP_NONE;
    slot->at_rest = 0;
    int timeout_ms = uv_backend_timeout(uv_loop);
    if (timeout_ms == 0) return WL_NAP_NONE;
    if (!may_sleep(nap, slot)) {
        atomic_store_explicit(&slot->state, WL_RUNNING, memory_order_relaxed);
        return WL_NAP_NONE;
    }
    double begin_ms = wl_now_ms();
    nap->sleeps++;
    int result;
    do {
        nap->enters++;
        result = wait_for_completion(nap, ring->fd, timeout_ms);
        if (result != -ETIME) break;
        uv_update_time(uv_loop);
        timeout_ms = uv_backend_timeout(uv_loop);
    } while (timeout_ms != 0);
    /* Late visibility only costs a poster a kernel wake that was not needed. */
    atomic_store_explicit(&slot->state, WL_RUNNING, memory_order_relaxed);
    note_sleep(nap, slot, begin_ms);
    if (result >= 0) take_event(nap, ring);
    if (result >= 0 || result == -EINTR) return WL_NAP_WOKEN;
    /* JavaScript meets the same error, and throws it. */
    if (result != -ETIME) return WL_NAP_NONE;
    nap->expired++;
    return WL_NAP_TIME;
}
