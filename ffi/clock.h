/* The clock of sleeps and kernel wakes. Node's is the same one, counted from another time. */
#ifndef WAKELINE_CLOCK_H
#define WAKELINE_CLOCK_H

#include <time.h>

static inline double wl_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

#endif
