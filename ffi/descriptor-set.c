/*
 * Each wait has a copy of its fd, made by dup. An epoll set forgets an fd when the last copy of it is closed, and takes each only
 * once; with a copy, one fd may be waited for many times at once, and whoever closes it meanwhile does not end the wait: as
 * with a poll of io_uring's, which holds the open file. The copies are kept here and not in JavaScript, so that those of a
 * thread that is terminated are closed.
 */
#define _GNU_SOURCE
#include "descriptor-set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 16, MOST_AT_ONCE = 64 };

int wl_descriptor_set_open(struct wl_descriptor_set *set) {
    if (set->epoll_fd >= 0) return 0;
    set->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return set->epoll_fd < 0 ? -errno : 0;
}

static int make_room(struct wl_descriptor_set *set, uint32_t number) {
    if (number < set->capacity) return 0;
    uint32_t capacity = set->capacity ? set->capacity * 2 : FIRST_CAPACITY;
    if (capacity <= number) capacity = number + 1;
    int32_t *copies = realloc(set->copies, capacity * sizeof *copies);
    if (!copies) return -ENOMEM;
    for (uint32_t at = set->capacity; at < capacity; at++) copies[at] = -1;
    set->copies = copies;
    set->capacity = capacity;
    return 0;
}

/* Adds a wait that ends by itself when one of the events holds; -errno when the fd is not open, or epoll refuses it. */
int wl_descriptor_set_add(struct wl_descriptor_set *set, uint32_t number, int fd, uint32_t events) {
    int result = make_room(set, number);
    if (result < 0) return result;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return -errno;
    struct epoll_event event = {.events = events, .data.u32 = number};
    if (epoll_ctl(set->epoll_fd, EPOLL_CTL_ADD, copy, &event) < 0) {
        result = -errno;
        close(copy);
        return result;
    }
    set->copies[number] = copy;
    return 0;
}

/* Closing the copy alone would leave it in the set, since the file is open elsewhere. */
void wl_descriptor_set_remove(struct wl_descriptor_set *set, uint32_t number) {
    if (number >= set->capacity || set->copies[number] < 0) return;
    epoll_ctl(set->epoll_fd, EPOLL_CTL_DEL, set->copies[number], NULL);
    close(set->copies[number]);
    set->copies[number] = -1;
}

/* Takes those out that are ready; returns how many. */
int wl_descriptor_set_take(struct wl_descriptor_set *set, struct wl_ready *ready, int most) {
    struct epoll_event events[MOST_AT_ONCE];
    int count = epoll_wait(set->epoll_fd, events, most < MOST_AT_ONCE ? most : MOST_AT_ONCE, 0);
    for (int at = 0; at < count; at++) {
        ready[at] = (struct wl_ready){events[at].data.u32, events[at].events};
        wl_descriptor_set_remove(set, events[at].data.u32);
    }
    return count < 0 ? 0 : count;
}

void wl_descriptor_set_close(struct wl_descriptor_set *set) {
    for (uint32_t number = 0; number < set->capacity; number++) wl_descriptor_set_remove(set, number);
    free(set->copies);
    if (set->epoll_fd >= 0) close(set->epoll_fd);
}
