/* The end of a ring whose thread no longer runs JavaScript. */
#define _GNU_SOURCE
#include "ring-release.h"

#include "io-uring.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint32_t reap_finished(struct wl_ring *ring) {
    _Atomic uint32_t *head = (_Atomic uint32_t *)(uintptr_t)ring->cq_head_address;
    _Atomic uint32_t *tail = (_Atomic uint32_t *)(uintptr_t)ring->cq_tail_address;
    const struct cqe *cqes = (const struct cqe *)(uintptr_t)ring->cqes_address;
    uint32_t finished = 0, at = atomic_load(head), end = atomic_load(tail);
    for (; at != end; at++)
        if (!(cqes[at & ring->cq_mask].flags & CQE_MORE)) finished++;
    atomic_store(head, at);
    return finished;
}

static int cancel_all(struct wl_ring *ring) {
    struct sync_cancel all = {.fd = -1, .flags = CANCEL_ALL | CANCEL_ANY, .timeout = {1, 0}};
    return (int)syscall(SYS_io_uring_register, ring->fd, REGISTER_SYNC_CANCEL, &all, 1);
}

/* Cancels whatever is in flight and waits until the kernel has completed it, at most about two seconds. A kernel before
 * 6.0 cannot cancel in one call; there, the loop's own watches are let be: they poll, and write to no memory. */
static void quiesce_ring(struct wl_ring *ring, uint32_t in_flight, uint32_t watching) {
    for (int attempt = 0; in_flight > 0 && attempt < 2000; attempt++) {
        if (attempt % 100 == 0 && cancel_all(ring) < 0 && errno == EINVAL && in_flight <= watching) return;
        syscall(SYS_io_uring_enter, ring->fd, 0, 0, ENTER_GETEVENTS, NULL, 0);
        uint32_t finished = reap_finished(ring);
        in_flight = finished < in_flight ? in_flight - finished : 0;
        if (in_flight == 0) return;
        struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
}

void wl_ring_release(struct wl_ring *ring, uint32_t in_flight, uint32_t watching) {
    if (ring->fd < 0) return;
    quiesce_ring(ring, in_flight, watching);
    close(ring->fd);
    ring->fd = -1;
    for (int i = 0; i < 3; i++)
        if (ring->mapped[i]) munmap((void *)(uintptr_t)ring->mapped[i], ring->mapped_bytes[i]);
}
