/** Flags of the ring's socket operations (include/uapi/linux/io_uring.h), with the kernel that brought each. */

/** In `ioprio` of ACCEPT, RECV and SEND_ZC: `IORING_ACCEPT_*`, `IORING_RECV*`, `IORING_SEND_*`. */
export const SocketPriority = {
  /** One accept for all connections to come (5.19). */
  ACCEPT_MULTISHOT: 1 << 0,
  /** One receive for all data to come (6.0). */
  RECV_MULTISHOT: 1 << 1,
  /** The notification of a SEND_ZC says whether the kernel copied after all (6.2). */
  SEND_ZC_REPORT_USAGE: 1 << 3,
  /** One completion for several provided buffers (6.10). */
  RECVSEND_BUNDLE: 1 << 4,
} as const;

/** `IORING_NOTIF_USAGE_ZC_COPIED`: the result of a notification that reports a copy, as a signed number. */
export const NOTIF_USAGE_ZC_COPIED = -0x80000000;

/** Numbers of socket.h, in.h, tcp.h and in6.h, the same on every Linux that Node runs on. */
export const SocketConstant = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0o2000000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_BROADCAST: 6,
  SO_KEEPALIVE: 9,
  SO_REUSEPORT: 15,
  SO_RCVBUF: 8,
  SO_SNDBUF: 7,
  IPPROTO_TCP: 6,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 26,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  MSG_WAITALL: 0x100,
  MSG_NOSIGNAL: 0x4000,
  MSG_TRUNC: 0x20,
} as const;
