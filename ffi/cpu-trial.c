/*
 * Runs instructions once under guard: those that a CPU announces and does not have raise SIGILL (or SIGSEGV, where a
 * hypervisor answers with #GP). Only ever at start, and never with an instruction that is not announced.
 *
 * The handlers are there for the trial alone. They act on the thread that tries; a fault of any other thread in that
 * time goes to whoever had the signal before.
 */
#define _GNU_SOURCE
#include "cpu-wait.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GUARDED = 2 };
static const int signals[GUARDED] = {SIGILL, SIGSEGV};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before[GUARDED];
static sigjmp_buf escape;
static _Atomic long trying; /* the thread that tries; 0: none */

static void pass_on(int signal, siginfo_t *info, void *context) {
    const struct sigaction *old = &before[signal == signals[0] ? 0 : 1];
    if (old->sa_flags & SA_SIGINFO) old->sa_sigaction(signal, info, context);
    else if (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN) sigaction(signal, old, NULL); /* faults again */
    else old->sa_handler(signal);
}

static void on_fault(int signal, siginfo_t *info, void *context) {
    if (atomic_load(&trying) == syscall(SYS_gettid)) siglongjmp(escape, signal);
    pass_on(signal, info, context);
}

int wl_signal_of(void (*instructions)(void)) {
    struct sigaction guard = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigset_t unblocked, mask;
    sigemptyset(&guard.sa_mask);
    sigemptyset(&unblocked);
    for (int i = 0; i < GUARDED; i++) sigaddset(&unblocked, signals[i]);

    pthread_mutex_lock(&one_at_a_time);
    /* The kernel kills a thread that faults with the signal blocked. */
    pthread_sigmask(SIG_UNBLOCK, &unblocked, &mask);
    for (int i = 0; i < GUARDED; i++) sigaction(signals[i], &guard, &before[i]);
    atomic_store(&trying, syscall(SYS_gettid));
    int raised = sigsetjmp(escape, 0);
    if (raised == 0) instructions();
    atomic_store(&trying, 0);
    for (int i = 0; i < GUARDED; i++) sigaction(signals[i], &before[i], NULL);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_mutex_unlock(&one_at_a_time);
    return raised;
}
