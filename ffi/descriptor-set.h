/* The fds that one loop waits for without a ring: an epoll set, which libuv's poll watches in its turn. */
#ifndef WAKELINE_DESCRIPTOR_SET_H
#define WAKELINE_DESCRIPTOR_SET_H

#include <stdint.h>

struct wl_descriptor_set {
    int32_t epoll_fd;  /* -1: not open */
    uint32_t capacity; /* of the next */
    int32_t *copies;   /* by the number of the wait: its own copy of the fd, or -1 */
};

/* One that is ready. */
struct wl_ready {
    uint32_t number;
    uint32_t events;
};

int wl_descriptor_set_open(struct wl_descriptor_set *set);
int wl_descriptor_set_add(struct wl_descriptor_set *set, uint32_t number, int fd, uint32_t events);
void wl_descriptor_set_remove(struct wl_descriptor_set *set, uint32_t number);
int wl_descriptor_set_take(struct wl_descriptor_set *set, struct wl_ready *ready, int most);
void wl_descriptor_set_close(struct wl_descriptor_set *set);

#endif
