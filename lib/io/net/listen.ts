import { AbortError } from '../abort.js';
import {
  internetAddress,
  type ListenOptions,
  type ResolvedListenOptions,
  resolveListenOptions,
} from './listen-options.js';
import { Listener } from './listener.js';
import { openListener } from './native-listen.js';
import type { NetAddress } from './net-address.js';
import type { NetContext } from './net-context.js';
import { NodeAcceptor } from './node-acceptor.js';
import { resolveHost } from './resolve-host.js';
import { RingAcceptor } from './ring-acceptor.js';
import type { Socket } from './socket.js';
import { zeroCopyThreshold } from './zero-copy.js';

const EAFNOSUPPORT = 'EAFNOSUPPORT';

/** Opens a listener; see `EventLoop.listen`. */
export async function listen(
  net: NetContext,
  options: ListenOptions,
  onConnection: ((socket: Socket) => void) | undefined,
): Promise<Listener> {
  const resolved = resolveListenOptions(options);
  if (resolved.signal?.aborted) throw new AbortError(resolved.signal.reason);
  const listener = new Listener(net, resolved, onConnection);
  if (resolved.path === undefined && resolved.host === undefined) {
    try {
      await start(net, listener, internetAddress('::', resolved.port), resolved);
    } catch (error) {
      // A machine without IPv6, as in Node.
      if ((error as NodeJS.ErrnoException).code !== EAFNOSUPPORT) throw error;
      await start(net, listener, internetAddress('0.0.0.0', resolved.port), resolved);
    }
    return listener;
  }
  const [address] =
    resolved.path === undefined
      ? await resolveHost(resolved.host!, resolved.port)
      : [{ path: resolved.path }];
  await start(net, listener, address, resolved);
  return listener;
}

async function start(
  net: NetContext,
  listener: Listener,
  address: NetAddress,
  options: ResolvedListenOptions,
): Promise<void> {
  net.io.assertOpen();
  const { native, ring } = net;
  // Without a ring, Node itself opens Unix sockets: abstract names are padded by some of its releases, on both ends.
  const isNative = native !== undefined && (ring !== undefined || !('path' in address));
  const fd = isNative ? openListener(native, address, options) : undefined;
  if (ring !== undefined && fd !== undefined) {
    const zeroCopyBytes = zeroCopyThreshold(options.socket, address);
    return listener.start(new RingAcceptor(ring, fd, listener, zeroCopyBytes));
  }
  const acceptor = await NodeAcceptor.open(address, options, fd, listener);
  if (net.io.isClosed) {
    acceptor.closeNow();
    net.io.assertOpen();
  }
  listener.start(acceptor);
}
