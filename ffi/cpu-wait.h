/*
 * What the CPU's waits share: the words to watch, the clock, and what a CPU can do. One file for each architecture
 * (cpu-wait-x86.c, cpu-wait-arm64.c) has its wait instructions; cpu-wait.c has what needs none.
 */
#ifndef WAKELINE_CPU_WAIT_H
#define WAKELINE_CPU_WAIT_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { WL_MAX_WORDS = 4 };

/* Filled in by JavaScript; offsets in ffi/wait-descriptor.ts. */
struct wl_wait {
    uint64_t address[WL_MAX_WORDS]; /* the first decides the line that is armed */
    uint32_t expected[WL_MAX_WORDS];
    uint32_t mask[WL_MAX_WORDS]; /* only these bits count */
    uint32_t count;
    uint32_t changed;  /* out: bit i set when word i differed */
    uint32_t waits;    /* out: wait instructions executed, in total */
    uint32_t limited;  /* out: waits that the operating system's limit cut short (CF = 1), in total */
    uint32_t state_c0; /* 1: ask for the lighter state C0.1, 0: C0.2 */
    uint32_t reserved[3];
};

/* What wl_cpu_features() tells. A wait that is announced and faults is not "had", and says so. */
enum wl_feature {
    WL_HAS_UMWAIT = 1,
    WL_HAS_MWAITX = 2,
    WL_HAS_INVARIANT_TSC = 4,
    WL_HAS_PAUSE = 8,
    WL_HAS_WFE = 16,
    WL_UMWAIT_FAULTS = 32,
    WL_MWAITX_FAULTS = 64,
};

enum wl_end { WL_DEADLINE = 0, WL_CHANGED = 1 };

/* A word outside the armed line cannot end the wait: look at it this often. */
#define WL_FOREIGN_LINE_SLICE_SECONDS 5e-6

double wl_ticks_per_second(void);

int wl_wait_pause(struct wl_wait *wait, double nanoseconds);
int wl_wait_umwait(struct wl_wait *wait, double nanoseconds);
int wl_wait_mwaitx(struct wl_wait *wait, double nanoseconds);
int wl_wait_wfe(struct wl_wait *wait, double nanoseconds);

/* Runs instructions that the CPU announces, once, and returns 0, or the signal that they raised (cpu-trial.c). */
int wl_signal_of(void (*instructions)(void));

/* What the architecture has, found out anew; wl_cpu_features() keeps the answer. */
uint32_t wl_find_features(void);

static inline uint64_t read_ticks(void) {
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
    return ticks;
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

static inline void relax(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static inline int differs(const struct wl_wait *wait, uint32_t index, uint32_t now) {
    return ((now ^ wait->expected[index]) & wait->mask[index]) != 0;
}

/* Acquire: what was written before the word changed is read after this returns. */
static inline uint32_t changed_words(const struct wl_wait *wait) {
    uint32_t changed = 0;
    for (uint32_t i = 0; i < wait->count; i++) {
        const _Atomic uint32_t *word = (const _Atomic uint32_t *)(uintptr_t)wait->address[i];
        if (differs(wait, i, atomic_load_explicit(word, memory_order_acquire))) changed |= 1u << i;
    }
    return changed;
}

static inline uint64_t ticks_of(double seconds) { return (uint64_t)(seconds * wl_ticks_per_second()); }

static inline uint64_t deadline_after(double nanoseconds) { return read_ticks() + ticks_of(nanoseconds * 1e-9); }

/* Longest single wait in ticks: without limit where one armed line (of a power of two of bytes) holds all words. */
static inline uint64_t longest_wait_ticks(const struct wl_wait *wait, uint64_t line_bytes) {
    for (uint32_t i = 1; i < wait->count; i++)
        if ((wait->address[i] ^ wait->address[0]) & ~(line_bytes - 1)) return ticks_of(WL_FOREIGN_LINE_SLICE_SECONDS);
    return UINT64_MAX;
}

#endif
