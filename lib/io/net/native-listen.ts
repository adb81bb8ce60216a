import type { Native } from '../../../ffi/index.js';
import { SocketConstant } from '../../ring/index.js';
import type { ResolvedListenOptions } from './listen-options.js';
import type { NetAddress } from './net-address.js';
import { netError } from './net-error.js';
import { SocketAddress } from './socket-address.js';

const {
  AF_UNIX,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  SO_REUSEPORT,
  TCP_KEEPIDLE,
  TCP_NODELAY,
} = SocketConstant;

/**
 * A socket that listens. Accepted connections inherit its options, so that none costs a call of its own.
 * @returns its fd
 * @throws {UringError} EADDRINUSE, EACCES and so on, with syscall 'listen' as in Node
 */
export function openListener(native: Native, address: NetAddress, options: ResolvedListenOptions): number {
  const memory = new SocketAddress(native);
  const family = memory.write(address);
  const fd = native.sockets.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw netError(fd, 'listen', address);
  const setOption = (level: number, name: number, value: number): number => {
    memory.value = value;
    return native.sockets.setOption(fd, level, name, memory.valueAddress, 4);
  };
  const steps = [
    () => (family === AF_UNIX ? 0 : setInternetOptions(setOption, address, options)),
    () => native.sockets.bind(fd, memory.address, memory.lengthBytes),
    () => native.sockets.listen(fd, options.backlog),
  ];
  for (const step of steps) {
    const result = step();
    if (result >= 0) continue;
    native.system.close(fd);
    throw netError(result, 'listen', address);
  }
  return fd;
}

type SetOption = (level: number, name: number, value: number) => number;

function setInternetOptions(
  set: SetOption,
  address: NetAddress,
  { socket, reusePort, ipv6Only }: ResolvedListenOptions,
): number {
  set(SOL_SOCKET, SO_REUSEADDR, 1);
  if ('family' in address && address.family === 'IPv6') set(IPPROTO_IPV6, IPV6_V6ONLY, Number(ipv6Only));
  if (socket.noDelay) set(IPPROTO_TCP, TCP_NODELAY, 1);
  if (socket.keepAliveMs > 0) {
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, Math.ceil(socket.keepAliveMs / 1000));
  }
  return reusePort ? set(SOL_SOCKET, SO_REUSEPORT, 1) : 0;
}
