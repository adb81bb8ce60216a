/*
 * wake-word [umwait | pause]: one wait for a completion of io_uring and for another thread's store. Prints what ended
 * each wait, and verifies it. Status: 0 verified, 1 wrong, 77 this machine lacks what it needs, as in liburing's tests.
 * wake-word.ts is the same in TypeScript.
 *
 *     cc -O2 -o wake-word wake-word.c -luring -lpthread
 */
#include <errno.h>
#include <liburing.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

enum { STATUS_SKIP = 77, VALUE = 42, LINE_BYTES = 64, UMWAIT_TICKS = 100000 };
enum { DEADLINE = 0, COMPLETION = 1, STORE = 2 };
static const char *const names[] = {"the deadline", "the kernel's completion", "another thread's store", "both"};
static const double SOON_SECONDS = 5e-3, LONG_SECONDS = 10;

/* The first word behind the last that the kernel uses in the line of the completion tail: tail+4 before Linux 6.6, where
 * the tail has a line of its own, and padding since. Neither is ABI, so all offsets that the kernel told are looked at. */
static _Atomic unsigned *find_wake_word(const struct io_uring *ring, const struct io_uring_params *p) {
    const unsigned taken[] = {p->sq_off.head,         p->sq_off.tail,     p->sq_off.ring_mask, p->sq_off.ring_entries,
                              p->sq_off.flags,        p->sq_off.dropped,  p->cq_off.head,      p->cq_off.ring_mask,
                              p->cq_off.ring_entries, p->cq_off.overflow, p->cq_off.flags};
    unsigned line = p->cq_off.tail / LINE_BYTES, last = p->cq_off.tail;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (taken[i] / LINE_BYTES == line && taken[i] > last) last = taken[i];
    unsigned word = last + sizeof(unsigned);
    if (word / LINE_BYTES != line || word == p->cq_off.cqes || word == p->sq_off.array) return NULL;
    printf("cq.tail at %u, wake word at %u, ", p->cq_off.tail, word);
    return (_Atomic unsigned *)((char *)ring->cq.ring_ptr + word);
}

static int has_umwait(void) {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & (1u << 5));
#else
    return 0;
#endif
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct watch {
    _Atomic unsigned *tail, *word;
    unsigned seen_tail, seen_word;
};

static int changed(const struct watch *watch) {
    int result = atomic_load_explicit(watch->word, memory_order_acquire) != watch->seen_word ? STORE : 0;
    return result | (atomic_load_explicit(watch->tail, memory_order_acquire) != watch->seen_tail ? COMPLETION : 0);
}

/* Arm, compare, wait; again and again: UMWAIT may return for no reason, and what is stored after the arming and before
 * the waiting ends it at once. */
#if defined(__x86_64__)
__attribute__((target("waitpkg"))) static int wait_umwait(const struct watch *watch, double seconds) {
    double end = now() + seconds;
    for (;;) {
        _umonitor((void *)watch->tail);
        int result = changed(watch);
        if (result || now() >= end) return result;
        _umwait(0, __rdtsc() + UMWAIT_TICKS);
    }
}
#else
static int wait_umwait(const struct watch *watch, double seconds) { return (void)watch, (void)seconds, 0; }
#endif

static int wait_pause(const struct watch *watch, double seconds) {
    double end = now() + seconds;
    for (;;) {
        int result = changed(watch);
        if (result || now() >= end) return result;
#if defined(__x86_64__)
        _mm_pause();
#endif
    }
}

/* The other thread: a while later, one store. No system call, and nothing but the word is shared. */
static void *store_later(void *word) {
    struct timespec pause = {0, (long)(SOON_SECONDS * 1e9)};
    nanosleep(&pause, NULL);
    atomic_store_explicit((_Atomic unsigned *)word, VALUE, memory_order_release);
    return NULL;
}

static int failures;

static void verify(int is_right, const char *what, int number) {
    printf("%s: woken by %s, %d\n", is_right ? "ok" : "WRONG", what, number);
    failures += !is_right;
}

static int skip(const char *reason) {
    printf("skipped: %s\n", reason);
    return STATUS_SKIP;
}

int main(int count, char **arguments) {
    const char *waiter = count > 1 ? arguments[1] : has_umwait() ? "umwait" : "pause";
    int is_umwait = strcmp(waiter, "umwait") == 0;
    if (is_umwait && !has_umwait()) return skip("no umwait: CPUID does not announce WAITPKG");

    struct io_uring ring;
    struct io_uring_params params = {0}; /* no flags: the kernel interrupts this thread to move the tail */
    int error = io_uring_queue_init_params(8, &ring, &params);
    if (error) return printf("no io_uring: "), skip(strerror(-error));
    _Atomic unsigned *word = find_wake_word(&ring, &params);
    if (!word) return skip("the kernel left no free word in the completion tail's cache line");
    printf("waiter %s\n", waiter);

    int (*wait)(const struct watch *, double) = is_umwait ? wait_umwait : wait_pause;
    struct watch watch = {.tail = (_Atomic unsigned *)ring.cq.ktail, .word = word};
    atomic_store(word, 0); /* the kernel clears the header at set-up; from here on the word is ours */

    pthread_t thread;
    pthread_create(&thread, NULL, store_later, (void *)word);
    int woken = wait(&watch, LONG_SECONDS);
    pthread_join(thread, NULL);
    watch.seen_word = atomic_load(word);
    verify(woken == STORE && watch.seen_word == VALUE, names[woken], (int)watch.seen_word);

    struct __kernel_timespec time = {.tv_nsec = (long long)(SOON_SECONDS * 1e9)};
    io_uring_prep_timeout(io_uring_get_sqe(&ring), &time, 0, 0);
    io_uring_submit(&ring);
    woken = wait(&watch, LONG_SECONDS);
    struct io_uring_cqe *cqe = NULL;
    int result = io_uring_peek_cqe(&ring, &cqe) == 0 ? cqe->res : 0;
    if (cqe) io_uring_cqe_seen(&ring, cqe);
    watch.seen_tail = atomic_load(watch.tail);
    verify(woken == COMPLETION && result == -ETIME, names[woken], result);

    woken = wait(&watch, SOON_SECONDS);
    verify(woken == DEADLINE && atomic_load(word) == VALUE, names[woken], (int)atomic_load(word));
    io_uring_queue_exit(&ring);
    return failures != 0;
}
