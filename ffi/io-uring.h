/* Of the kernel's interface what C needs here: from include/uapi/linux/io_uring.h, spelled out because older headers lack the
 * newer of it. */
#ifndef WAKELINE_IO_URING_H
#define WAKELINE_IO_URING_H

#include <stdint.h>

enum { ENTER_GETEVENTS = 1u << 0, ENTER_EXT_ARG = 1u << 3, CQE_MORE = 1u << 1 };
enum { REGISTER_SYNC_CANCEL = 24, CANCEL_ALL = 1u << 0, CANCEL_ANY = 1u << 2 };
struct cqe {
    uint64_t user_data;
    int32_t result;
    uint32_t flags;
};
struct sync_cancel {
    uint64_t address;
    int32_t fd;
    uint32_t flags;
    struct { int64_t seconds, nanoseconds; } timeout;
    uint64_t padding[4];
};

#endif
