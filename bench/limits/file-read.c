/*
 * Reads of 4 KiB at random places of a file, 64 in flight, on a raw ring with the flags that the runtime uses:
 *   file-read PATH COUNT cached    through the page cache
 *   file-read PATH COUNT direct    with O_DIRECT
 * A fourth argument names what is registered with the kernel: any of file, buffers, ring, as "file,buffers".
 * Prints CPU nanoseconds a read, and nanoseconds a read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>
#include "ring.h"

#define ENTRIES 256
#define IN_FLIGHT 64
#define BLOCK 4096

static struct { int file, buffers; } registered; /* whether they are */

static void register_some(struct ring *ring, int fd, char *memory, const char *what) {
    struct iovec all = {.iov_base = memory, .iov_len = (size_t)IN_FLIGHT * BLOCK};
    struct io_uring_rsrc_update self = {.offset = -1u, .data = (unsigned)ring->fd};
    registered.file = strstr(what, "file") != NULL;
    registered.buffers = strstr(what, "buffers") != NULL;
    int target = ring->fd;
    if (registered.file) check(syscall(SYS_io_uring_register, target, IORING_REGISTER_FILES, &fd, 1) == 0, "files");
    if (registered.buffers) check(syscall(SYS_io_uring_register, target, IORING_REGISTER_BUFFERS, &all, 1) == 0, "buffers");
    if (strstr(what, "ring") == NULL) return;
    check(syscall(SYS_io_uring_register, target, IORING_REGISTER_RING_FDS, &self, 1) == 1, "ring");
    ring->fd = (int)self.offset;
    ring->enter = IORING_ENTER_REGISTERED_RING;
}

static void prepare_read(struct ring *ring, int fd, char *buffer, unsigned long offset, unsigned slot) {
    struct io_uring_sqe *sqe = prepare(ring, registered.buffers ? IORING_OP_READ_FIXED : IORING_OP_READ);
    sqe->fd = registered.file ? 0 : fd;
    sqe->flags = registered.file ? IOSQE_FIXED_FILE : 0;
    sqe->off = offset;
    sqe->addr = (unsigned long)buffer;
    sqe->len = BLOCK;
    sqe->user_data = slot;
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
        submit_and_wait(ring);
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
    if (count != 4 && count != 5)
        return fprintf(stderr, "usage: file-read PATH COUNT cached|direct [file,buffers,ring]\n"), 1;
    int fd = open(given[1], O_RDONLY | (strcmp(given[3], "direct") == 0 ? O_DIRECT : 0));
    check(fd >= 0, given[1]);
    unsigned long blocks = (unsigned long)lseek(fd, 0, SEEK_END) / BLOCK;
    long reads = atol(given[2]);
    struct ring ring = open_ring(ENTRIES);
    char *memory = aligned_alloc(BLOCK, (size_t)IN_FLIGHT * BLOCK);
    memset(memory, 1, (size_t)IN_FLIGHT * BLOCK);
    if (count == 5) register_some(&ring, fd, memory, given[4]);
    read_randomly(&ring, fd, memory, blocks, reads / 10);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    read_randomly(&ring, fd, memory, blocks, reads);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    printf("%.1f %.1f\n", cpu / reads * 1e9, wall / reads * 1e9);
    return 0;
}
