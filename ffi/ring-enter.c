/*
 * io_uring_enter with one argument: the FFI converts each of the system call's seven anew, and takes as long for that as the
 * kernel for the call. A turn makes it once or twice.
 */
#define _GNU_SOURCE
#include "ring-enter.h"

#include "io-uring.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int wl_ring_enter(struct wl_enter *call) {
    int is_extended = (call->flags & ENTER_EXT_ARG) != 0;
    void *argument = is_extended ? &call->sigmask : NULL;
    size_t argument_bytes = is_extended ? offsetof(struct wl_enter, seconds) - offsetof(struct wl_enter, sigmask) : 0;
    long result = syscall(SYS_io_uring_enter, call->fd, call->to_submit, call->min_complete, call->flags, argument, argument_bytes);
    return (int)(result < 0 ? -errno : result);
}
