/*
 * Reads of 4 KiB at random places of a file, 64 in flight, on a raw ring with the flags that the runtime uses:
 *   file-read PATH COUNT cached    through the page cache
 *   file-read PATH COUNT direct    with O_DIRECT
 * Prints CPU nanoseconds a read, and nanoseconds a read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SETUP_FLAGS ((1u << 8) | (1u << 9) | (1u << 12)) /* COOP_TASKRUN | TASKRUN_FLAG | SINGLE_ISSUER */
#define ENTRIES 256
#define IN_FLIGHT 64
#define BLOCK 4096

struct ring {
    int fd;
    unsigned *sq_tail, *cq_head, *cq_tail, sq_mask, cq_mask, pending;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
};

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(1);
}

static struct ring open_ring(void) {
    struct io_uring_params params = {.flags = SETUP_FLAGS};
    struct ring ring = {.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params)};
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

static void prepare_read(struct ring *ring, int fd, char *buffer, unsigned long offset, unsigned slot) {
    unsigned tail = *ring->sq_tail;
    struct io_uring_sqe *sqe = &ring->sqes[tail & ring->sq_mask];
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = IORING_OP_READ;
    sqe->fd = fd;
    sqe->off = offset;
    sqe->addr = (unsigned long)buffer;
    sqe->len = BLOCK;
    sqe->user_data = slot;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
    ring->pending++;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static unsigned random_state = 2463534242u;
static unsigned next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static void read_randomly(struct ring *ring, int fd, char *memory, unsigned long blocks, long count) {
    unsigned free_slots[IN_FLIGHT], free_count = IN_FLIGHT;
    for (unsigned i = 0; i < IN_FLIGHT; i++) free_slots[i] = i;
    long started = 0, done = 0;
    while (done < count) {
        for (; free_count > 0 && started < count; started++) {
            unsigned slot = free_slots[--free_count];
            prepare_read(ring, fd, memory + (size_t)slot * BLOCK, (next_random() % blocks) * BLOCK, slot);
        }
        int taken = (int)syscall(SYS_io_uring_enter, ring->fd, ring->pending, 1, IORING_ENTER_GETEVENTS, NULL, 0);
        check(taken >= 0, "io_uring_enter");
        ring->pending -= (unsigned)taken;
        unsigned head = *ring->cq_head, tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++, done++) {
            struct io_uring_cqe *cqe = &ring->cqes[head & ring->cq_mask];
            check(cqe->res == BLOCK, "a read came up short");
            free_slots[free_count++] = (unsigned)cqe->user_data;
        }
        __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
    }
}

int main(int count, char **given) {
    if (count != 4) return fprintf(stderr, "usage: file-read PATH COUNT cached|direct\n"), 1;
    int fd = open(given[1], O_RDONLY | (strcmp(given[3], "direct") == 0 ? O_DIRECT : 0));
    check(fd >= 0, given[1]);
    unsigned long blocks = (unsigned long)lseek(fd, 0, SEEK_END) / BLOCK;
    long reads = atol(given[2]);
    struct ring ring = open_ring();
    char *memory = aligned_alloc(BLOCK, (size_t)IN_FLIGHT * BLOCK);
    memset(memory, 1, (size_t)IN_FLIGHT * BLOCK);
    read_randomly(&ring, fd, memory, blocks, reads / 10);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    read_randomly(&ring, fd, memory, blocks, reads);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    printf("%.1f %.1f\n", cpu / reads * 1e9, wall / reads * 1e9);
    return 0;
}
