/*
 * The wait of arm64: LDAXR marks the words' granule as watched, and WFE dozes until another CPU writes to it (its
 * exclusive monitor is cleared, which is an event), or until any other event. Arm ARM, "Wait for Event".
 *
 * WFE knows no deadline. WFET (FEAT_WFxT) does. Without it, the kernel's event stream (HWCAP_EVTSTRM, an event of the
 * timer about every 100 microseconds) bounds each WFE; where neither is announced, nothing bounds it, and the wait is
 * the spin.
 */
#if defined(__aarch64__)
#define _GNU_SOURCE
#include "cpu-wait.h"

#include <sys/auxv.h>

/* arch/arm64/include/uapi/asm/hwcap.h, spelled out because older headers lack the second. */
static const uint64_t EVENT_STREAM = 1u << 2; /* HWCAP_EVTSTRM */
static const uint64_t WFXT = 1u << 31;        /* HWCAP2_WFXT */

/* Twice ARCH_TIMER_EVT_STREAM_PERIOD_US, since the kernel rounds the stream's divisor to a power of two. */
static const double EVENT_STREAM_SECONDS = 200e-6;

/* Weak, so that a test can bring a CPU that announces something else (test/fixtures/arm64-wait.c). */
__attribute__((weak)) uint64_t wl_hwcap(unsigned long type) { return getauxval(type); }

static int has_wfet(void) { return (wl_hwcap(AT_HWCAP2) & WFXT) != 0; }

static int is_bounded(void) { return has_wfet() || (wl_hwcap(AT_HWCAP) & EVENT_STREAM) != 0; }

uint32_t wl_find_features(void) {
    /* The generic timer's counter is constant and never stops, by the architecture. */
    return WL_HAS_PAUSE | WL_HAS_INVARIANT_TSC | (is_bounded() ? WL_HAS_WFE : 0);
}

/* Bytes that one LDAXR watches: the least that CTR_EL0 admits, 64 on all server CPUs; 16 where it does not tell. */
static uint64_t granule_bytes(void) {
    uint64_t cache_type;
    __asm__("mrs %0, ctr_el0" : "=r"(cache_type));
    uint64_t log2_words = (cache_type >> 20) & 15; /* ERG, exclusives reservation granule */
    return log2_words == 0 ? 16 : (uint64_t)4 << log2_words;
}

/* Acquire, like the loads in changed_words. */
static inline uint32_t load_and_arm(uint64_t address) {
    uint32_t value;
    __asm__ volatile("ldaxr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void disarm(void) { __asm__ volatile("clrex" ::: "memory"); }
static inline void wait_for_event(void) { __asm__ volatile("wfe" ::: "memory"); }

/* WFET, spelled as the kernel does: assemblers before Armv8.7 do not know its name. */
static inline void wait_for_event_until(uint64_t ticks) {
    __asm__ volatile("msr s0_3_c1_c0_0, %0" ::"r"(ticks) : "memory");
}

/* Arms, then compares every word; the first with the value that the arming load returned. */
static uint32_t arm_and_compare(const struct wl_wait *wait) {
    uint32_t first = load_and_arm(wait->address[0]);
    uint32_t others = wait->count > 1 ? changed_words(wait) : 0;
    return others | (uint32_t)differs(wait, 0, first);
}

int wl_wait_wfe(struct wl_wait *wait, double nanoseconds) {
    if (wait->count == 0 || !is_bounded()) return wl_wait_pause(wait, nanoseconds);
    uint64_t deadline = deadline_after(nanoseconds);
    uint64_t longest = longest_wait_ticks(wait, granule_bytes());
    uint64_t stream_ticks = ticks_of(EVENT_STREAM_SECONDS);
    int timed = has_wfet();
    for (;;) {
        wait->changed = arm_and_compare(wait);
        uint64_t now = read_ticks();
        if (wait->changed || now >= deadline) {
            disarm();
            return wait->changed ? WL_CHANGED : WL_DEADLINE;
        }
        uint64_t left = deadline - now > longest ? longest : deadline - now;
        wait->waits++;
        if (timed) wait_for_event_until(now + left);
        else if (left > stream_ticks) wait_for_event();
        else relax(); /* the next event of the stream might come after the time is over */
    }
}
#else
typedef int wl_not_arm64; /* an empty file is no C */
#endif
