/* A sleep of a loop that is at rest: from the end of one turn to the beginning of the next, without JavaScript. */
#ifndef WAKELINE_NAP_H
#define WAKELINE_NAP_H

#include "cpu-wait.h"
#include "loop-slot.h"

/* Filled in by JavaScript; offsets in ffi/nap-descriptor.ts. */
struct wl_nap {
    struct wl_wait line; /* what the loop has seen of its wake line */
    uint32_t seen_deaths;
    uint32_t sleeps;  /* out, in total: times it went to sleep ... */
    uint32_t enters;  /* ... and calls of io_uring_enter */
    uint32_t expired; /* out, in total: sleeps that libuv's next timer ended */
    double slept_ms;  /* out: how long the last sleep was */
};

enum wl_nap_end {
    WL_NAP_NONE = 0,  /* there was none: the loop is not at rest, or has work */
    WL_NAP_WOKEN = 1, /* something came, or may have */
    WL_NAP_TIME = 2,  /* one of libuv's timers is due */
};

enum wl_nap_end wl_nap(struct wl_nap *nap, struct wl_slot *slot, int ring_fd, void *uv_loop);

#endif
