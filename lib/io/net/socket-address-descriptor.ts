/** Layouts of `struct sockaddr_*` (linux/in.h, in6.h, un.h), in bytes. Ports are big-endian, the family is not. */

/** What every address begins with. */
export const AnyAddress = { family: 0 } as const;

/** `struct sockaddr_in`. */
export const Ipv4Address = { port: 2, address: 4, lengthBytes: 16 } as const;

/** `struct sockaddr_in6`. */
export const Ipv6Address = { port: 2, address: 8, scope: 24, lengthBytes: 28 } as const;

/** `struct sockaddr_un`: a path that ends with NUL, or an abstract name that begins with it. */
export const UnixAddress = { path: 2, pathBytes: 108, lengthBytes: 110 } as const;

/** Room for any of them, behind it a `socklen_t`; and the two words of a `struct linger` or an int. */
export const AddressBlock = { length: 112, value: 116, lengthBytes: 128 } as const;
