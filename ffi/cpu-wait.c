/*
 * The CPU's own waits: watch a few words, doze until one of them changes or a TSC deadline passes.
 *
 * Every wait is: arm the monitor -> compare all watched words -> wait -> repeat. The compare after the arm closes
 * the window in which a store would go unseen. A wait instruction may return for no reason at all (interrupts, TLB
 * flushes, the OS limit), so only the words and the deadline decide when the function returns.
 *
 * Features are read from CPUID, never by trying an opcode: some hypervisors execute what CPUID denies.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdatomic.h>
#include <time.h>

#if defined(__x86_64__)
#include <cpuid.h>
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

enum wl_feature { WL_HAS_UMWAIT = 1, WL_HAS_MWAITX = 2, WL_HAS_INVARIANT_TSC = 4, WL_HAS_PAUSE = 8 };
enum wl_end { WL_DEADLINE = 0, WL_CHANGED = 1 };

/* A word outside the armed line cannot end the wait: look at it this often. */
static const double FOREIGN_LINE_SLICE_SECONDS = 5e-6;

static inline uint64_t read_ticks(void) {
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
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

uint32_t wl_cpu_features(void) {
    uint32_t features = WL_HAS_PAUSE;
#if defined(__x86_64__)
    uint32_t a, b, c, d;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & (1u << 5))) features |= WL_HAS_UMWAIT;
    if (__get_cpuid(0x80000001u, &a, &b, &c, &d) && (c & (1u << 29))) features |= WL_HAS_MWAITX;
    if (__get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8))) features |= WL_HAS_INVARIANT_TSC;
#else
    features |= WL_HAS_INVARIANT_TSC;
#endif
    return features;
}

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

/* Acquire: what was written before the word changed is read after this returns. */
static inline uint32_t changed_words(const struct wl_wait *wait) {
    uint32_t changed = 0;
    for (uint32_t i = 0; i < wait->count; i++) {
        const _Atomic uint32_t *word = (const _Atomic uint32_t *)(uintptr_t)wait->address[i];
        uint32_t now = atomic_load_explicit(word, memory_order_acquire);
        if ((now ^ wait->expected[i]) & wait->mask[i]) changed |= 1u << i;
    }
    return changed;
}

static inline uint64_t deadline_after(double nanoseconds) {
    return read_ticks() + (uint64_t)(nanoseconds * 1e-9 * wl_ticks_per_second());
}

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

#if defined(__x86_64__)
static int all_in_one_line(const struct wl_wait *wait) {
    for (uint32_t i = 1; i < wait->count; i++)
        if ((wait->address[i] ^ wait->address[0]) & ~(uint64_t)63) return 0;
    return 1;
}

static uint64_t longest_wait_ticks(const struct wl_wait *wait) {
    return all_in_one_line(wait) ? UINT64_MAX : (uint64_t)(FOREIGN_LINE_SLICE_SECONDS * wl_ticks_per_second());
}

__attribute__((target("waitpkg"))) int wl_wait_umwait(struct wl_wait *wait, double nanoseconds) {
    uint64_t deadline = deadline_after(nanoseconds);
    uint64_t longest = longest_wait_ticks(wait);
    for (;;) {
        _umonitor((void *)(uintptr_t)wait->address[0]);
        if ((wait->changed = changed_words(wait))) return WL_CHANGED;
        uint64_t now = read_ticks();
        if (now >= deadline) return WL_DEADLINE;
        uint64_t until = deadline - now > longest ? now + longest : deadline;
        wait->waits++;
        if (_umwait(wait->state_c0, until)) wait->limited++;
    }
}

__attribute__((target("mwaitx"))) int wl_wait_mwaitx(struct wl_wait *wait, double nanoseconds) {
    uint64_t deadline = deadline_after(nanoseconds);
    uint64_t longest = longest_wait_ticks(wait);
    if (longest > UINT32_MAX) longest = UINT32_MAX; /* MWAITX takes relative ticks in 32 bits */
    for (;;) {
        _mm_monitorx((void *)(uintptr_t)wait->address[0], 0, 0);
        if ((wait->changed = changed_words(wait))) return WL_CHANGED;
        uint64_t now = read_ticks();
        if (now >= deadline) return WL_DEADLINE;
        uint64_t ticks = deadline - now > longest ? longest : deadline - now;
        wait->waits++;
        _mm_mwaitx(/* ECX: bit 1 turns the timer on */ 2, /* EAX: hint C1 */ 0, (unsigned)ticks);
    }
}
#else
int wl_wait_umwait(struct wl_wait *wait, double nanoseconds) { return wl_wait_pause(wait, nanoseconds); }
int wl_wait_mwaitx(struct wl_wait *wait, double nanoseconds) { return wl_wait_pause(wait, nanoseconds); }
#endif
