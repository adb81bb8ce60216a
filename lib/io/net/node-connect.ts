import net from 'node:net';
import { AbortError } from '../abort.js';
import type { NetAddress } from './net-address.js';
import { netError } from './net-error.js';
import { NodeTransport } from './node-transport.js';

/** Connects by `node:net`; errors as of `connectOnRing`. */
export function connectByNode(address: NetAddress, signal: AbortSignal): Promise<NodeTransport> {
  const where = 'path' in address ? { path: address.path } : { host: address.address, port: address.port };
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...where, allowHalfOpen: true });
    socket.pause();
    const onAbort = (): void => {
      socket.destroy();
      reject(new AbortError(signal.reason));
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      signal.removeEventListener('abort', onAbort);
      reject(netError(error.errno ?? 0, 'connect', address));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
      resolve(new NodeTransport(socket));
    });
  });
}
