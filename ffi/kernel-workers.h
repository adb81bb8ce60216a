/* Keeps the kernel's workers of this thread from ending while it has no ring. */
#ifndef WAKELINE_KERNEL_WORKERS_H
#define WAKELINE_KERNEL_WORKERS_H

/* Before the thread's last ring is closed. Does nothing where the kernel gives no ring: the other one is closed all the same. */
void wl_workers_keep(void *env);

/* After its next ring was made. The environment's end does the same. */
void wl_workers_release(void *env);

#endif
