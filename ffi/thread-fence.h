/* A memory fence on every running thread of the process, made by one of them. */
#ifndef WAKELINE_THREAD_FENCE_H
#define WAKELINE_THREAD_FENCE_H

void wl_fence_all_threads(void);

#endif
