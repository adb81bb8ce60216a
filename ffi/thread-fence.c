/*
 * membarrier(2) must be registered for once a process. In one that has several threads the kernel then waits for a grace period
 * of RCU, which takes 10 to 30 ms: whoever can do without for so long has a thread of its own wait for it.
 */
#define _GNU_SOURCE
#include "thread-fence.h"

#include "loop-slot.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Where the kernel refuses it, a store buffer drains long before the sleep is over. */
void wl_fence_all_threads(void) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return;
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
}

/* Returns 0, or -1 with errno. */
int wl_fence_register(void) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) < 0) return -1;
    atomic_store(&wl_registry_memory.can_fence, 1);
    return 0;
}

static void *register_aside(void *unused) {
    wl_fence_register();
    return unused;
}

/* Has it registered soon; `can_fence` then says so. */
void wl_fence_prepare(void) {
    static atomic_flag is_prepared = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&is_prepared)) return;
    /* Signals are for the process's other threads: they wake libuv. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    if (pthread_create(&thread, NULL, register_aside, NULL) == 0) pthread_detach(thread);
    else wl_fence_register();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
