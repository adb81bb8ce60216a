import { type CompletionHandler, ignoredHandler, sendMessage } from '../../ring/index.js';
import { AbortError } from '../abort.js';
import { MessageMemory } from './message-memory.js';
import type { InternetAddress } from './net-address.js';
import { netError } from './net-error.js';
import type { RingNet } from './ring-net.js';

/** Messages that are not in use, to be used again. */
const freeMessages = new WeakMap<RingNet, MessageMemory[]>();

/**
 * Sends one datagram on the ring.
 * @returns its length; rejects with `UringError`, or with `AbortError` when the signal was faster
 */
export function sendDatagram(
  net: RingNet,
  fd: number,
  data: Uint8Array,
  to: InternetAddress,
  signal: AbortSignal | undefined,
): Promise<number> {
  const free = freeMessages.get(net) ?? [];
  freeMessages.set(net, free);
  const message = free.pop() ?? new MessageMemory(net.native);
  message.name.write(to);
  message.useName();
  message.setPayload(data.length === 0 ? 0 : net.addressOf(data), data.length);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void net.operations.cancel(ignoredHandler, slot);
    const handler: CompletionHandler = {
      onCompletion(result) {
        free.push(message);
        signal?.removeEventListener('abort', onAbort);
        if (result >= 0) resolve(result);
        else reject(signal?.aborted ? new AbortError(signal.reason) : netError(result, 'send', to));
      },
    };
    const slot = sendMessage(net.operations, handler, [message, data], fd, message.address);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
