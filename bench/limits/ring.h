/* A raw ring with the flags that the runtime uses, for the programs of this folder. */
#ifndef WAKELINE_LIMITS_RING_H
#define WAKELINE_LIMITS_RING_H
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_FLAGS ((1u << 8) | (1u << 9) | (1u << 12)) /* COOP_TASKRUN | TASKRUN_FLAG | SINGLE_ISSUER */

struct ring {
    int fd;         /* what is entered: the descriptor, or its registered index */
    unsigned enter; /* IORING_ENTER_REGISTERED_RING, once it is registered */
    unsigned *sq_tail, *cq_head, *cq_tail, sq_mask, cq_mask, pending;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
};

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static struct ring open_ring(unsigned entries) {
    struct io_uring_params params = {.flags = RING_FLAGS};
    struct ring ring = {.fd = (int)syscall(SYS_io_uring_setup, entries, &params)};
    check(ring.fd >= 0, "io_uring_setup");
    size_t bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    size_t array_end = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    if (array_end > bytes) bytes = array_end;
    char *rings = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQ_RING);
    ring.sqes = mmap(NULL, params.sq_entries * sizeof *ring.sqes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                     ring.fd, IORING_OFF_SQES);
    check(rings != MAP_FAILED && (void *)ring.sqes != MAP_FAILED, "mmap");
    ring.sq_tail = (unsigned *)(rings + params.sq_off.tail);
    ring.cq_head = (unsigned *)(rings + params.cq_off.head);
    ring.cq_tail = (unsigned *)(rings + params.cq_off.tail);
    ring.cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
    ring.sq_mask = params.sq_entries - 1;
    ring.cq_mask = params.cq_entries - 1;
    for (unsigned i = 0; i < params.sq_entries; i++) ((unsigned *)(rings + params.sq_off.array))[i] = i;
    return ring;
}

/* The next entry, all 0 but for the opcode; whoever fills it in does so before `submit`. */
static struct io_uring_sqe *prepare(struct ring *ring, unsigned char opcode) {
    unsigned tail = *ring->sq_tail;
    struct io_uring_sqe *sqe = &ring->sqes[tail & ring->sq_mask];
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = opcode;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
    ring->pending++;
    return sqe;
}

/* Submits what is prepared, and waits for one completion at least. */
static void submit_and_wait(struct ring *ring) {
    unsigned flags = IORING_ENTER_GETEVENTS | ring->enter;
    int taken = (int)syscall(SYS_io_uring_enter, ring->fd, ring->pending, 1, flags, NULL, 0);
    check(taken >= 0, "io_uring_enter");
    ring->pending -= (unsigned)taken;
}

static inline double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}
#endif
