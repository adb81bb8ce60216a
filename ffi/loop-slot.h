/*
 * The layout of one loop's slot in the process-wide registry. JavaScript reads and writes the same words:
 * lib/wake/slot-descriptor.ts holds the same offsets, and a test compares the two.
 *
 * Each line has one kind of writer, so that no two kinds of traffic share a cache line:
 *   line 0  loop state          the owner, and the poster that takes SLEEPING back
 *   line 1  wake line           posters only (used where no io_uring header offers a spare word)
 *   line 2  constants           written by the owner before it publishes its generation
 *   line 3  the thread as poster  the owner of this slot, when it rings another loop's doorbell
 */
#ifndef WAKELINE_LOOP_SLOT_H
#define WAKELINE_LOOP_SLOT_H

#include <stdatomic.h>
#include <stdint.h>

#define WL_SLOT_COUNT 1024
#define WL_SLOT_BYTES 256

struct wl_slot {
    /* line 0 */
    _Atomic uint32_t state;      /* enum wl_state */
    _Atomic uint32_t generation; /* odd while a loop lives here; every change is a birth or a death */
    uint32_t in_flight;          /* operations that the kernel has not completed yet */
    uint32_t watching;           /* those of them that are the loop's own watches */
    _Atomic double rung_ms;      /* when the last kernel wake was sent, by CLOCK_MONOTONIC */
    uint32_t reserved0[10];
    /* line 1 */
    _Atomic uint32_t wake_word;
    uint32_t never_changes[15]; /* watched in place of the ring's words by loops that have no ring */
    /* line 2 */
    uint64_t wake_word_address;
    int32_t event_fd;
    uint32_t fence; /* who fences, see lib/wake/fence.ts */
    _Atomic uint32_t claimed;
    uint32_t reserved2[11];
    /* line 3 */
    _Atomic uint32_t ringing; /* target's slot index + 1 while this thread is inside its doorbell */
    uint32_t at_rest;         /* 1: the hook may sleep by itself (nap.c); whoever gives the loop something to do takes it back */
    uint32_t hold;            /* enum wl_hold: what the hook may do about the handle that keeps libuv's loop alive */
    uint32_t reserved3[13];
};

_Static_assert(sizeof(struct wl_slot) == WL_SLOT_BYTES, "a slot is four cache lines");

/* JavaScript offers when nothing of the loop's is pending, and takes that back when something is. */
enum wl_hold { WL_HOLD_IS_JAVASCRIPTS = 0, WL_HOLD_IS_OFFERED = 1, WL_HOLD_IS_OVER = 2 };

enum wl_state { WL_RUNNING = 0, WL_WAITING = 1, WL_SLEEPING = 2, WL_BUSY = 3 };

struct wl_registry {
    _Atomic uint32_t deaths; /* counts ended loops: a loop that sees it change looks for dead peers */
    _Atomic uint32_t can_fence; /* 1 once membarrier may be called (thread-fence.c) */
    uint32_t reserved[62];
    struct wl_slot slots[WL_SLOT_COUNT];
};

extern struct wl_registry wl_registry_memory;

#endif
