import { connectSocket, ignoredHandler, SocketConstant } from '../../ring/index.js';
import { AbortError } from '../abort.js';
import type { NetAddress } from './net-address.js';
import { netError } from './net-error.js';
import type { RingNet } from './ring-net.js';
import { SocketAddress } from './socket-address.js';

const { SOCK_CLOEXEC, SOCK_STREAM } = SocketConstant;

/**
 * Connects on the ring.
 * @returns the fd. Rejects with `UringError`, or with `AbortError` when the signal aborts; no fd stays open then.
 */
export function connectOnRing(net: RingNet, address: NetAddress, signal: AbortSignal): Promise<number> {
  const { native, operations } = net;
  const memory = new SocketAddress(native);
  const family = memory.write(address);
  const fd = native.sockets.socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return Promise.reject(netError(fd, 'connect', address));
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void operations.cancel(ignoredHandler, slot);
    const handler = {
      onCompletion: (result: number) => {
        signal.removeEventListener('abort', onAbort);
        if (result >= 0 && !signal.aborted) return resolve(fd);
        native.system.close(fd);
        reject(signal.aborted ? new AbortError(signal.reason) : netError(result, 'connect', address));
      },
    };
    const slot = connectSocket(operations, handler, memory, fd, memory.address, memory.lengthBytes);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
