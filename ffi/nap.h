/*
 * A sleep of a loop that is at rest: from the end of one turn to the beginning of the next, without JavaScript. wl_nap makes it
 * where the loop blocks in its ring, wl_rest where libuv does the blocking.
 */
#ifndef WAKELINE_NAP_H
#define WAKELINE_NAP_H

#include "cpu-wait.h"
#include "loop-slot.h"
#include "ring-release.h"

/* Filled in by JavaScript; offsets in ffi/nap-descriptor.ts. */
struct wl_nap {
    struct wl_wait line; /* what the loop has seen of its wake line */
    uint32_t seen_deaths;
    uint32_t sleeps;  /* out, in total: times it went to sleep ... */
    uint32_t enters;  /* ... and calls of io_uring_enter */
    uint32_t expired; /* out, in total: sleeps that libuv's next timer ended */
    uint32_t is_asleep; /* 1: libuv's polls need nothing more (wl_rest); JavaScript takes it back */
    uint32_t heard;     /* out, in total: completions of the eventfd's watch that were taken off the ring */
    double slept_ms;   /* out: how long the last sleep was, until a doorbell rang if one did ... */
    double longest_ms; /* ... and the longest since JavaScript took this back to 0 */
    double since_ms;   /* when libuv's poll under way began */
    uint64_t event_data; /* the eventfd's watch in the ring */
    double woken_ms;     /* out: when the last sleep ended */
    uint32_t gather_us;  /* the next sleep goes on so long although something has come; 0: it ends at once */
    uint32_t gathered_completions; /* so many end it sooner */
};

enum wl_nap_end {
    WL_NAP_NONE = 0,  /* there was none: the loop is not at rest, or has work */
    WL_NAP_WOKEN = 1, /* something came, or may have */
    WL_NAP_TIME = 2,  /* one of libuv's timers is due */
};

/* Before each poll of libuv's: whether the loop is at rest and may sleep in it. If not, what came is JavaScript's business. */
int wl_rest(struct wl_nap *nap, struct wl_slot *slot);

/* That poll has found what JavaScript must hear of. */
void wl_rest_end(struct wl_nap *nap, struct wl_slot *slot);

enum wl_nap_end wl_nap(struct wl_nap *nap, struct wl_slot *slot, const struct wl_ring *ring, void *uv_loop);

#endif
