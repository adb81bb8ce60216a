/* What one call of io_uring_enter is given. JavaScript fills it in; offsets in ffi/enter-descriptor.ts. */
#ifndef WAKELINE_RING_ENTER_H
#define WAKELINE_RING_ENTER_H

#include <stdint.h>

struct wl_enter {
    int32_t fd;
    uint32_t to_submit;
    uint32_t min_complete;
    uint32_t flags;
    /* struct io_uring_getevents_arg, which the kernel is given where the flags have IORING_ENTER_EXT_ARG */
    uint64_t sigmask;
    uint32_t sigmask_bytes;
    uint32_t min_wait_us;
    uint64_t timespec_address; /* of the next two; 0: no time-out */
    /* struct __kernel_timespec */
    int64_t seconds;
    int64_t nanoseconds;
};

/* Returns the system call's result, or -errno. */
int wl_ring_enter(struct wl_enter *call);

#endif
