/*
 * Waits of x86-64: Intel's UMONITOR and UMWAIT (WAITPKG), AMD's MONITORX and MWAITX (MONITORX).
 *
 * Features are read from CPUID, never by trying an opcode: some hypervisors execute what CPUID denies. The other way
 * round, a hypervisor can pass CPUID's bit on and not allow the instruction, so what is announced is tried once.
 */
#if defined(__x86_64__)
#define _GNU_SOURCE
#include "cpu-wait.h"

#include <cpuid.h>

/* Weak, so that a test can preload a CPU that announces something else (test/fixtures/umwait-stand-in.c). */
__attribute__((weak)) int wl_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    return __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
}

enum { EAX, EBX, ECX, EDX };

static int has_bit(uint32_t leaf, int which, uint32_t bit) {
    uint32_t registers[4];
    return wl_cpuid(leaf, 0, registers) && (registers[which] & (1u << bit)) != 0;
}

static char trial_line[64] __attribute__((aligned(64)));

/* A deadline that is over, and a timer of one tick: both return at once. */
__attribute__((target("waitpkg"))) static void try_umwait(void) {
    _umonitor(trial_line);
    _umwait(0, read_ticks());
}

__attribute__((target("mwaitx"))) static void try_mwaitx(void) {
    _mm_monitorx(trial_line, 0, 0);
    _mm_mwaitx(2, 0, 1);
}

uint32_t wl_find_features(void) {
    uint32_t found = WL_HAS_PAUSE;
    if (has_bit(7, ECX, 5)) found |= wl_signal_of(try_umwait) ? WL_UMWAIT_FAULTS : WL_HAS_UMWAIT;
    if (has_bit(0x80000001u, ECX, 29)) found |= wl_signal_of(try_mwaitx) ? WL_MWAITX_FAULTS : WL_HAS_MWAITX;
    if (has_bit(0x80000007u, EDX, 8)) found |= WL_HAS_INVARIANT_TSC;
    return found;
}

static const uint64_t LINE_BYTES = 64;

__attribute__((target("waitpkg"))) int wl_wait_umwait(struct wl_wait *wait, double nanoseconds) {
    uint64_t deadline = deadline_after(nanoseconds);
    uint64_t longest = longest_wait_ticks(wait, LINE_BYTES);
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
    uint64_t longest = longest_wait_ticks(wait, LINE_BYTES);
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
typedef int wl_not_x86; /* an empty file is no C */
#endif
