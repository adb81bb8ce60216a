/*
 * Four ways to wake a thread that sleeps in io_uring_enter, as round trips between two threads with a ring each
 * (SINGLE_ISSUER | DEFER_TASKRUN, so the sleeper runs its own completions):
 *   kernel-wake eventfd N    the ring polls an eventfd, multishot; the waker writes it
 *   kernel-wake futex N      the ring waits on a word by FUTEX_WAIT, armed anew each time; the waker uses futex(2)
 *   kernel-wake msg-ring N   the waker posts a completion into the sleeper's ring by MSG_RING, submitted by its own enter,
 *                            which also waits: one system call a hop, where the others make two
 *   kernel-wake send-msg-ring N  the same completion, posted by io_uring_register's SEND_MSG_RING (since Linux 6.13)
 * Prints nanoseconds a round trip.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Newer than the kernel headers of some distributions. */
#define OP_FUTEX_WAIT 51
#define REGISTER_SEND_MSG_RING 31
#define FLAG_FUTEX2_U32_PRIVATE (2 | 128)
#define FUTEX_MATCH_ANY 0xffffffffu
#define SETUP_FLAGS ((1u << 12) | (1u << 13)) /* SINGLE_ISSUER | DEFER_TASKRUN */
#define ENTRIES 8

enum mode { EVENTFD, FUTEX, MSG_RING, SEND_MSG_RING };

/* One thread: its ring, and what the other one wakes it by. */
struct side {
    int ring_fd;
    unsigned *sq_tail, *cq_head, *cq_tail;
    unsigned sq_mask, cq_mask, pending;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
    int event_fd;
    _Alignas(64) _Atomic uint32_t word;
};

static struct side sides[2];
static enum mode mode;
static uint32_t rounds;
static pthread_barrier_t ready;

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static void open_ring(struct side *side) {
    struct io_uring_params params = {.flags = SETUP_FLAGS};
    side->ring_fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
    check(side->ring_fd >= 0, "io_uring_setup");
    size_t bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    size_t array_end = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    if (array_end > bytes) bytes = array_end;
    int shared = MAP_SHARED | MAP_POPULATE, access = PROT_READ | PROT_WRITE;
    char *rings = mmap(NULL, bytes, access, shared, side->ring_fd, IORING_OFF_SQ_RING);
    side->sqes = mmap(NULL, params.sq_entries * sizeof *side->sqes, access, shared, side->ring_fd, IORING_OFF_SQES);
    check(rings != MAP_FAILED && side->sqes != MAP_FAILED, "mmap");
    side->sq_tail = (unsigned *)(rings + params.sq_off.tail);
    side->sq_mask = params.sq_entries - 1;
    side->cq_head = (unsigned *)(rings + params.cq_off.head);
    side->cq_tail = (unsigned *)(rings + params.cq_off.tail);
    side->cq_mask = params.cq_entries - 1;
    side->cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
    unsigned *array = (unsigned *)(rings + params.sq_off.array);
    for (unsigned i = 0; i < params.sq_entries; i++) array[i] = i;
}

static struct io_uring_sqe *next_sqe(struct side *side) {
    unsigned tail = *side->sq_tail;
    struct io_uring_sqe *sqe = &side->sqes[tail & side->sq_mask];
    memset(sqe, 0, sizeof *sqe);
    atomic_store_explicit((_Atomic unsigned *)side->sq_tail, tail + 1, memory_order_release);
    side->pending++;
    return sqe;
}

static void arm_eventfd(struct side *side) {
    struct io_uring_sqe *sqe = next_sqe(side);
    sqe->opcode = IORING_OP_POLL_ADD;
    sqe->fd = side->event_fd;
    sqe->poll32_events = POLLIN;
    sqe->len = IORING_POLL_ADD_MULTI;
}

static void arm_futex(struct side *side, uint32_t expected) {
    struct io_uring_sqe *sqe = next_sqe(side);
    sqe->opcode = OP_FUTEX_WAIT;
    sqe->fd = FLAG_FUTEX2_U32_PRIVATE;
    sqe->addr = (uint64_t)(uintptr_t)&side->word;
    sqe->addr2 = expected;
    sqe->addr3 = FUTEX_MATCH_ANY;
}

/* Submits what was prepared, sleeps until there is a completion, and takes it. */
static void wait_for_wake(struct side *side, uint32_t round) {
    if (mode == FUTEX) arm_futex(side, round - 1);
    unsigned head = *side->cq_head;
    while (atomic_load_explicit((_Atomic unsigned *)side->cq_tail, memory_order_acquire) == head) {
        long entered = syscall(SYS_io_uring_enter, side->ring_fd, side->pending, 1, IORING_ENTER_GETEVENTS, NULL, 0);
        check(entered >= 0 || errno == EINTR, "io_uring_enter");
        if (entered > 0) side->pending -= (unsigned)entered;
    }
    int result = side->cqes[head & side->cq_mask].res;
    /* EAGAIN: the futex word had changed before the wait was armed. */
    errno = -result;
    check(result >= 0 || (mode == FUTEX && result == -EAGAIN), "completion");
    atomic_store_explicit((_Atomic unsigned *)side->cq_head, head + 1, memory_order_release);
}

static void wake(struct side *self, struct side *other, uint32_t round) {
    if (mode == EVENTFD) {
        eventfd_write(other->event_fd, 1);
    } else if (mode == FUTEX) {
        atomic_store(&other->word, round);
        syscall(SYS_futex, &other->word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
    } else if (mode == SEND_MSG_RING) {
        struct io_uring_sqe message = {.opcode = IORING_OP_MSG_RING, .fd = other->ring_fd};
        check(syscall(SYS_io_uring_register, -1, REGISTER_SEND_MSG_RING, &message, 1) == 0, "SEND_MSG_RING");
    } else {
        /* Goes out with the enter that waits for the answer. */
        struct io_uring_sqe *sqe = next_sqe(self);
        sqe->opcode = IORING_OP_MSG_RING;
        sqe->fd = other->ring_fd;
        sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
    }
}

static void prepare(struct side *side) {
    open_ring(side);
    if (mode == EVENTFD) arm_eventfd(side);
    pthread_barrier_wait(&ready);
}

static void *answer(void *unused) {
    struct side *self = &sides[1], *other = &sides[0];
    prepare(self);
    for (uint32_t round = 1; round <= rounds; round++) {
        wait_for_wake(self, round);
        wake(self, other, round);
    }
    if (self->pending > 0) syscall(SYS_io_uring_enter, self->ring_fd, self->pending, 0, 0, NULL, 0);
    return unused;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    static const char *const names[] = {"eventfd", "futex", "msg-ring", "send-msg-ring"};
    int chosen = -1;
    for (int i = 0; i < 4; i++) if (count == 3 && strcmp(arguments[1], names[i]) == 0) chosen = i;
    if (chosen < 0) return fprintf(stderr, "usage: kernel-wake eventfd|futex|msg-ring|send-msg-ring ROUNDS\n"), 2;
    mode = (enum mode)chosen;
    rounds = (uint32_t)strtoul(arguments[2], NULL, 10);
    pthread_barrier_init(&ready, NULL, 2);
    for (int i = 0; i < 2; i++) sides[i].event_fd = eventfd(0, EFD_NONBLOCK);
    pthread_t thread;
    pthread_create(&thread, NULL, answer, NULL);
    prepare(&sides[0]);
    double begin = seconds();
    for (uint32_t round = 1; round <= rounds; round++) {
        wake(&sides[0], &sides[1], round);
        wait_for_wake(&sides[0], round);
    }
    double end = seconds();
    pthread_join(thread, NULL);
    printf("%.1f\n", (end - begin) * 1e9 / rounds);
    return 0;
}
