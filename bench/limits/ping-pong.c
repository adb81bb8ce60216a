/*
 * What C needs for a round trip between two threads: the limits that Wakeline is measured against.
 *   ping-pong spin N      both threads spin with PAUSE on a word each, in lines of their own
 *   ping-pong eventfd N   both threads sleep in a blocking read of an eventfd
 * Prints nanoseconds a round trip.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define RELAX() __builtin_ia32_pause()
#else
#define RELAX() __asm__ volatile("isb" ::: "memory")
#endif

static _Alignas(64) _Atomic uint32_t ping;
static _Alignas(64) _Atomic uint32_t pong;
static int ping_fd, pong_fd;
static uint32_t rounds;

static void *spin_answer(void *unused) {
    for (uint32_t i = 1; i <= rounds; i++) {
        while (atomic_load_explicit(&ping, memory_order_acquire) != i) RELAX();
        atomic_store_explicit(&pong, i, memory_order_release);
    }
    return unused;
}

static void spin_ask(void) {
    for (uint32_t i = 1; i <= rounds; i++) {
        atomic_store_explicit(&ping, i, memory_order_release);
        while (atomic_load_explicit(&pong, memory_order_acquire) != i) RELAX();
    }
}

static void pass(int from, int to, int first) {
    eventfd_t value;
    for (uint32_t i = 0; i < rounds; i++) {
        if (first) eventfd_write(to, 1);
        if (eventfd_read(from, &value) != 0) abort();
        if (!first) eventfd_write(to, 1);
    }
}

static void *eventfd_answer(void *unused) {
    pass(ping_fd, pong_fd, 0);
    return unused;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: ping-pong spin|eventfd ROUNDS\n"), 2;
    int spins = strcmp(arguments[1], "spin") == 0;
    rounds = (uint32_t)strtoul(arguments[2], NULL, 10);
    ping_fd = eventfd(0, 0);
    pong_fd = eventfd(0, 0);
    pthread_t thread;
    pthread_create(&thread, NULL, spins ? spin_answer : eventfd_answer, NULL);
    double begin = seconds();
    if (spins) spin_ask();
    else pass(pong_fd, ping_fd, 1);
    double end = seconds();
    pthread_join(thread, NULL);
    printf("%.1f\n", (end - begin) * 1e9 / rounds);
    return 0;
}
