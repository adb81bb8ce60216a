import type { Libraries } from './koffi.js';

/**
 * The socket calls that never block, so that a ring would gain nothing; addresses of memory as Numbers. Each returns a
 * number ≥ 0, or `-errno`; none throws.
 */
export interface SocketCalls {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: number, lengthBytes: number): number;
  listen(fd: number, backlog: number): number;
  /** Disables one direction or both: a value of `SHUT_*`. */
  shutdown(fd: number, how: number): number;
  setOption(fd: number, level: number, name: number, address: number, lengthBytes: number): number;
  /** `lengthAddress`: where a u32 holds the room, and afterwards the length, of the value at `address`. */
  getOption(fd: number, level: number, name: number, address: number, lengthAddress: number): number;
  /** Address of this end; memory as of `getOption`. */
  localAddress(fd: number, address: number, lengthAddress: number): number;
  /** Address of the other end; memory as of `getOption`. */
  remoteAddress(fd: number, address: number, lengthAddress: number): number;
  /** Text to a binary address of 4 or 16 bytes (`inet_pton`): 1, or 0 for what is no such address. */
  parseAddress(family: number, text: string, address: number): number;
  /** A binary address as text (`inet_ntop`). */
  formatAddress(family: number, address: number): string;
  /** Index of a network interface; 0 when there is none of that name. */
  interfaceIndex(name: string): number;
}

/** `INET6_ADDRSTRLEN` of netinet/in.h. */
const LONGEST_ADDRESS_BYTES = 46;

/** Declares the socket calls. */
export function declareSocketCalls({ koffi, host }: Libraries): SocketCalls {
  const socket = host.func('socket', 'int', ['int', 'int', 'int']);
  const bind = host.func('bind', 'int', ['int', 'uintptr_t', 'uint32_t']);
  const listen = host.func('listen', 'int', ['int', 'int']);
  const shutdown = host.func('shutdown', 'int', ['int', 'int']);
  const setsockopt = host.func('setsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uint32_t']);
  const getsockopt = host.func('getsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uintptr_t']);
  const getsockname = host.func('getsockname', 'int', ['int', 'uintptr_t', 'uintptr_t']);
  const getpeername = host.func('getpeername', 'int', ['int', 'uintptr_t', 'uintptr_t']);
  const pton = host.func('inet_pton', 'int', ['int', 'const char *', 'uintptr_t']);
  const ntop = host.func('inet_ntop', 'uintptr_t', ['int', 'uintptr_t', 'uintptr_t', 'uint32_t']);
  const nameToIndex = host.func('if_nametoindex', 'uint32_t', ['const char *']);

  // Read below, which keeps it alive: nothing else knows that its memory is in use.
  const text = Buffer.from(new ArrayBuffer(LONGEST_ADDRESS_BYTES));
  const textAddress = Number(koffi.address(text));
  const checked = (result: number): number => (result < 0 ? -koffi.errno() : result);

  return {
    socket: (family, type, protocol) => checked(socket(family, type, protocol)),
    bind: (fd, address, lengthBytes) => checked(bind(fd, address, lengthBytes)),
    listen: (fd, backlog) => checked(listen(fd, backlog)),
    shutdown: (fd, how) => checked(shutdown(fd, how)),
    setOption: (fd, level, name, address, lengthBytes) =>
      checked(setsockopt(fd, level, name, address, lengthBytes)),
    getOption: (fd, level, name, address, lengthAddress) =>
      checked(getsockopt(fd, level, name, address, lengthAddress)),
    localAddress: (fd, address, lengthAddress) => checked(getsockname(fd, address, lengthAddress)),
    remoteAddress: (fd, address, lengthAddress) => checked(getpeername(fd, address, lengthAddress)),
    parseAddress: (family, given, address) => checked(pton(family, given, address)),
    formatAddress(family, address) {
      ntop(family, address, textAddress, LONGEST_ADDRESS_BYTES);
      return text.toString('latin1', 0, text.indexOf(0));
    },
    interfaceIndex: (name) => nameToIndex(name),
  };
}
