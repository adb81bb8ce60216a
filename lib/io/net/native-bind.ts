import type { Native } from '../../../ffi/index.js';
import { SocketConstant } from '../../ring/index.js';
import type { ResolvedBindOptions } from './datagram-options.js';
import type { InternetAddress } from './net-address.js';
import { netError } from './net-error.js';
import { SocketAddress } from './socket-address.js';

const { IPPROTO_IPV6, IPV6_V6ONLY, SOCK_CLOEXEC, SOCK_DGRAM, SOL_SOCKET, SO_REUSEPORT } = SocketConstant;

/**
 * A UDP socket that is bound.
 * @returns its fd
 * @throws {UringError} EADDRINUSE, EACCES and so on, with syscall 'bind'
 */
export function openDatagram(native: Native, address: InternetAddress, options: ResolvedBindOptions): number {
  const memory = new SocketAddress(native);
  const family = memory.write(address);
  const fd = native.sockets.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw netError(fd, 'bind', address);
  const set = (level: number, name: number, value: number): number => {
    memory.value = value;
    return native.sockets.setOption(fd, level, name, memory.valueAddress, 4);
  };
  let result = options.reusePort ? set(SOL_SOCKET, SO_REUSEPORT, 1) : 0;
  if (address.family === 'IPv6') set(IPPROTO_IPV6, IPV6_V6ONLY, Number(options.ipv6Only));
  if (result >= 0) result = native.sockets.bind(fd, memory.address, memory.lengthBytes);
  if (result >= 0) return fd;
  native.system.close(fd);
  throw netError(result, 'bind', address);
}
