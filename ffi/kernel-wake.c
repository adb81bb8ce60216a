/*
 * The kernel wake of a loop, and when it was sent. What a loop sees at the end of a sleep comes a kernel wake later, and that
 * takes longer than most waits in user mode: to learn what such a wait would have cost, it must know when it was rung.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "loop-slot.h"

#include <errno.h>
#include <sys/eventfd.h>

/* Only for the poster that has taken SLEEPING back, so there is one at a time. 0, or -errno. */
int wl_kernel_wake(int slot_index) {
    struct wl_slot *slot = &wl_registry_memory.slots[slot_index];
    /* The loop reads it once the eventfd's write has woken it; if something else has, an old time tells it nothing. */
    atomic_store_explicit(&slot->rung_ms, wl_now_ms(), memory_order_relaxed);
    return eventfd_write(slot->event_fd, 1) < 0 ? -errno : 0;
}
