/*
 * Copies a file in one of several ways, on a raw ring with the flags that the runtime uses:
 *   file-copy FROM TO pairs     reads and writes of 128 KiB, 4 at once; each write is submitted when its read is done
 *   file-copy FROM TO linked    the same, each write linked to its read
 *   file-copy FROM TO splice    linked splices of 1 MiB into a pipe and out of it, 4 pipes at once
 *   file-copy FROM TO range     copy_file_range(2), without a ring
 *   file-copy FROM TO calls     read(2) and write(2) of 128 KiB, without a ring
 * Prints seconds of CPU a GiB, and seconds a GiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include "ring.h"

enum { LANES = 4, BLOCK = 131072, PIPE_BYTES = 1 << 20 };

struct job {
    struct ring ring;
    int from, to;
    long long next, size, left;
    char *memory;
    int pipes[LANES][2];
    struct { long long position; unsigned length; } lanes[LANES];
};

static int take_piece(struct job *job, unsigned lane, unsigned most) {
    if (job->next >= job->size) return 0;
    long long left = job->size - job->next;
    job->lanes[lane].position = job->next;
    job->lanes[lane].length = left < most ? (unsigned)left : most;
    job->next += job->lanes[lane].length;
    return 1;
}

static void transfer(struct job *job, unsigned lane, int opcode, unsigned char flags) {
    struct io_uring_sqe *sqe = prepare(&job->ring, (unsigned char)opcode);
    int is_read = opcode == IORING_OP_READ_FIXED;
    sqe->fd = is_read ? job->from : job->to;
    sqe->flags = flags;
    sqe->off = (unsigned long long)job->lanes[lane].position;
    sqe->addr = (unsigned long)(job->memory + (size_t)lane * BLOCK);
    sqe->len = job->lanes[lane].length;
    sqe->user_data = lane * 2 + !is_read;
}

static void start_copy(struct job *job, unsigned lane, int linked) {
    if (!take_piece(job, lane, BLOCK)) return;
    transfer(job, lane, IORING_OP_READ_FIXED, linked ? IOSQE_IO_LINK : 0);
    if (linked) transfer(job, lane, IORING_OP_WRITE_FIXED, 0);
}

static void splice_half(struct job *job, unsigned lane, int is_out) {
    struct io_uring_sqe *sqe = prepare(&job->ring, IORING_OP_SPLICE);
    unsigned long long position = (unsigned long long)job->lanes[lane].position;
    sqe->fd = is_out ? job->to : job->pipes[lane][1];
    sqe->splice_fd_in = is_out ? job->pipes[lane][0] : job->from;
    sqe->splice_off_in = is_out ? ~0ull : position;
    sqe->off = is_out ? position : ~0ull;
    sqe->len = job->lanes[lane].length;
    sqe->flags = is_out ? 0 : IOSQE_IO_LINK;
    sqe->user_data = lane * 2 + (unsigned)is_out;
}

static void start_splice(struct job *job, unsigned lane) {
    if (!take_piece(job, lane, PIPE_BYTES)) return;
    splice_half(job, lane, 0);
    splice_half(job, lane, 1);
}

static void start(struct job *job, unsigned lane, char mode) {
    if (mode == 's') start_splice(job, lane);
    else start_copy(job, lane, mode == 'l');
}

static void copy_on_ring(struct job *job, char mode) {
    for (unsigned lane = 0; lane < LANES; lane++) start(job, lane, mode);
    while (job->left > 0) {
        submit_and_wait(&job->ring);
        struct ring *ring = &job->ring;
        unsigned head = *ring->cq_head, tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++) {
            struct io_uring_cqe *cqe = &ring->cqes[head & ring->cq_mask];
            unsigned lane = (unsigned)cqe->user_data / 2;
            if (cqe->res != (int)job->lanes[lane].length) {
                fprintf(stderr, "%s: %d of %u\n", cqe->user_data % 2 ? "write" : "read", cqe->res,
                        job->lanes[lane].length);
                exit(1);
            }
            if (cqe->user_data % 2 == 0) {
                if (mode == 'p') transfer(job, lane, IORING_OP_WRITE_FIXED, 0);
                continue;
            }
            job->left -= job->lanes[lane].length;
            start(job, lane, mode);
        }
        __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
    }
}

static void prepare_ring(struct job *job) {
    job->ring = open_ring(64);
    job->memory = aligned_alloc(4096, (size_t)LANES * BLOCK);
    struct iovec all = {.iov_base = job->memory, .iov_len = (size_t)LANES * BLOCK};
    check(syscall(SYS_io_uring_register, job->ring.fd, IORING_REGISTER_BUFFERS, &all, 1) == 0, "register");
    for (int lane = 0; lane < LANES; lane++) {
        check(pipe2(job->pipes[lane], O_CLOEXEC) == 0, "pipe");
        check(fcntl(job->pipes[lane][0], F_SETPIPE_SZ, PIPE_BYTES) >= PIPE_BYTES, "F_SETPIPE_SZ");
    }
}

static void copy_by_calls(struct job *job, int by_range) {
    while (job->left > 0) {
        ssize_t done = by_range ? copy_file_range(job->from, NULL, job->to, NULL, (size_t)job->left, 0)
                                : read(job->from, job->memory, BLOCK);
        check(done > 0, "read");
        if (!by_range) check(write(job->to, job->memory, (size_t)done) == done, "write");
        job->left -= done;
    }
}

int main(int count, char **given) {
    if (count != 4) return fprintf(stderr, "usage: file-copy FROM TO pairs|linked|splice|range|calls\n"), 2;
    struct job job = {.from = open(given[1], O_RDONLY), .to = open(given[2], O_WRONLY | O_CREAT | O_TRUNC, 0600)};
    struct stat stats;
    check(job.from >= 0 && job.to >= 0 && fstat(job.from, &stats) == 0, "open");
    job.left = job.size = stats.st_size;
    prepare_ring(&job);
    char mode = given[3][0];
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    if (mode == 'r' || mode == 'c') copy_by_calls(&job, mode == 'r');
    else copy_on_ring(&job, mode);
    double gib = (double)job.size / (1 << 30);
    printf("%.3f %.3f\n", (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / gib, (seconds(CLOCK_MONOTONIC) - wall) / gib);
    return 0;
}
