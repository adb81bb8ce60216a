/* A loop's ring, as the clean-up of its thread needs it. */
#ifndef WAKELINE_RING_RELEASE_H
#define WAKELINE_RING_RELEASE_H

#include <stdint.h>

/* Filled in by JavaScript; offsets in ffi/hook-descriptor.ts. */
struct wl_ring {
    int32_t fd; /* -1: this loop has no ring */
    uint32_t cq_mask;
    uint64_t cq_head_address, cq_tail_address, cqes_address;
    uint64_t mapped[3], mapped_bytes[3]; /* what to unmap; 0: V8 owns the memory */
};

/* Ends the ring, once the kernel has let go of what is in flight: so many operations, some of them the loop's own watches. */
void wl_ring_release(struct wl_ring *ring, uint32_t in_flight, uint32_t watching);

#endif
