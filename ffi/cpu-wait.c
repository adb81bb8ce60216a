/*
 * The CPU's own waits: watch a few words, doze until one of them changes or a deadline in ticks passes.
 *
 * Every wait is: arm the monitor -> compare all watched words -> wait -> repeat. The compare after the arm closes
 * the window in which a store would go unseen. A wait instruction may return for no reason at all (interrupts, TLB
 * flushes, the OS limit), so only the words and the deadline decide when the function returns.
 *
 * This file: what needs no wait instruction. A CPU without one spins with a hint.
 */
#define _GNU_SOURCE
#include "cpu-wait.h"

#include <pthread.h>

static uint32_t features;

static void find_features(void) { features = wl_find_features(); }

uint32_t wl_cpu_features(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_features);
    return features;
}

#if defined(__aarch64__)
/* The architecture tells the counter's frequency. */
double wl_ticks_per_second(void) {
    uint64_t frequency;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return (double)frequency;
}
#else
static double monotonic_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Ticks per second, measured once against CLOCK_MONOTONIC. A reading that was preempted is off by the length of the
 * preemption, so the pair of clock readings is taken where they lie closest together. */
static double measure_tick_rate(void) {
    double begin_seconds = 0, end_seconds = 0;
    uint64_t begin_ticks = 0, end_ticks = 0;
    for (int end = 0; end < 2; end++) {
        uint64_t narrowest = UINT64_MAX;
        for (int attempt = 0; attempt < 16; attempt++) {
            uint64_t before = read_ticks();
            double seconds = monotonic_seconds();
            uint64_t after = read_ticks();
            if (after - before >= narrowest) continue;
            narrowest = after - before;
            if (end) end_seconds = seconds, end_ticks = before + (after - before) / 2;
            else begin_seconds = seconds, begin_ticks = before + (after - before) / 2;
        }
        if (!end) {
            double until = begin_seconds + 2e-3;
            while (monotonic_seconds() < until) relax();
        }
    }
    return (double)(end_ticks - begin_ticks) / (end_seconds - begin_seconds);
}

double wl_ticks_per_second(void) {
    static _Atomic double rate; /* two threads that measure at once write nearly the same number */
    double known = atomic_load_explicit(&rate, memory_order_relaxed);
    if (known == 0) {
        known = measure_tick_rate();
        atomic_store_explicit(&rate, known, memory_order_relaxed);
    }
    return known;
}
#endif

/* Spin with the CPU's hint. The look at the clock is as cheap as the look at the words. */
int wl_wait_pause(struct wl_wait *wait, double nanoseconds) {
    uint64_t deadline = deadline_after(nanoseconds);
    for (;;) {
        if ((wait->changed = changed_words(wait))) return WL_CHANGED;
        if (read_ticks() >= deadline) return WL_DEADLINE;
        wait->waits++;
        relax();
    }
}

/* Where an instruction does not exist, its wait is the spin; nobody chooses it there, since no feature bit is set. */
#if !defined(__x86_64__)
int wl_wait_umwait(struct wl_wait *wait, double nanoseconds) { return wl_wait_pause(wait, nanoseconds); }
int wl_wait_mwaitx(struct wl_wait *wait, double nanoseconds) { return wl_wait_pause(wait, nanoseconds); }
#endif
#if !defined(__aarch64__)
int wl_wait_wfe(struct wl_wait *wait, double nanoseconds) { return wl_wait_pause(wait, nanoseconds); }
#endif
#if !defined(__x86_64__) && !defined(__aarch64__)
uint32_t wl_find_features(void) { return WL_HAS_PAUSE | WL_HAS_INVARIANT_TSC; }
#endif
