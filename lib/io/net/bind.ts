import { AbortError } from '../abort.js';
import { type BindOptions, resolveBindOptions } from './datagram-options.js';
import { DatagramSocket } from './datagram-socket.js';
import { openDatagram } from './native-bind.js';
import type { InternetAddress } from './net-address.js';
import type { NetContext } from './net-context.js';
import { NodeDatagram } from './node-datagram.js';
import { resolveHost } from './resolve-host.js';
import { RingDatagram } from './ring-datagram.js';

/** Opens a UDP socket; see `EventLoop.bind`. */
export async function bind(net: NetContext, options: BindOptions): Promise<DatagramSocket> {
  const resolved = resolveBindOptions(options);
  const { signal } = resolved;
  if (signal?.aborted) throw new AbortError(signal.reason);
  const [address] = (await resolveHost(resolved.host, resolved.port)) as InternetAddress[];
  net.io.assertOpen();
  const socket = new DatagramSocket(net.io);
  const fd = net.native === undefined ? undefined : openDatagram(net.native, address, resolved);
  const transport =
    net.ring !== undefined && fd !== undefined
      ? new RingDatagram(net.ring, fd, socket)
      : await NodeDatagram.open(address, resolved, fd, socket);
  if (resolved.broadcast) transport.setBroadcast(true);
  socket.start(transport, signal);
  if (net.io.isClosed) {
    socket.closeNow();
    net.io.assertOpen();
  }
  return socket;
}
