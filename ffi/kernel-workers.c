/*
 * io_uring's kernel workers (iou-wrk-TID) belong to a thread, not to one of its rings. Since 7.0, 6.19.1, and 6.18's stable
 * releases of February 2026, all of them end with the thread's last ring. Each of them that had ended before, idle, when a helper
 * that it had asked for was not started yet, was subtracted twice from their number (io_worker_cancel_cb in io_uring/io-wq.c); with
 * the last of them that number, which is unsigned, goes below 0. The kernel then takes the thread for one with more workers than
 * it may have, and starts no other: whatever needs one, an open or a stat, is never completed, on no ring of the thread's.
 *
 * A thread that has workers therefore keeps a ring between its last one and its next: the smallest there is, never entered.
 */
#define _GNU_SOURCE
#include "kernel-workers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int napi_add_env_cleanup_hook(void *env, void (*run)(void *), void *argument);
extern int napi_remove_env_cleanup_hook(void *env, void (*run)(void *), void *argument);

/* Of this thread, which has one environment; -1: none. */
static _Thread_local int kept_ring = -1;

static int is_called(int tasks, const char *task, const char *name) {
    char path[64], text[32];
    snprintf(path, sizeof path, "%s/comm", task);
    int fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0; /* it has ended */
    ssize_t length = read(fd, text, sizeof text);
    close(fd);
    return length > 0 && (size_t)length == strlen(name) && memcmp(text, name, (size_t)length) == 0;
}

/* Where that cannot be seen, there may be some. */
static int has_workers(void) {
    char name[32];
    snprintf(name, sizeof name, "iou-wrk-%d\n", (int)syscall(SYS_gettid));
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) return 1;
    struct dirent *task;
    int found = 0;
    while (!found && (task = readdir(tasks)))
        if (task->d_name[0] != '.') found = is_called(dirfd(tasks), task->d_name, name);
    closedir(tasks);
    return found;
}

static void close_kept(void *argument) {
    (void)argument;
    close(kept_ring);
    kept_ring = -1;
}

void wl_workers_keep(void *env) {
    unsigned char params[120] = {0}; /* struct io_uring_params */
    if (kept_ring >= 0 || !has_workers()) return;
    kept_ring = (int)syscall(SYS_io_uring_setup, 1, params);
    if (kept_ring >= 0) napi_add_env_cleanup_hook(env, close_kept, NULL);
}

void wl_workers_release(void *env) {
    if (kept_ring < 0) return;
    napi_remove_env_cleanup_hook(env, close_kept, NULL);
    close_kept(NULL);
}
