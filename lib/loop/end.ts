import { End, EndKind } from './channel-descriptor.js';
import { WakelineError } from './errors.js';
import type { LoopCore } from './loop-core.js';

/**
 * Writes into a channel's memory that this thread's loop holds one of its ends.
 * @param end a value of `EndPlace`
 * @throws {WakelineError} when the end was opened before: each has one holder
 */
export function bindEnd(core: LoopCore, words: Int32Array, end: number, threadId: number): void {
  if (Atomics.exchange(words, end + End.claimed, 1) !== 0) {
    throw new WakelineError(
      'ERR_WAKELINE_CHANNEL_IN_USE',
      'this end of the channel was opened before; each end has one holder',
    );
  }
  words[end + End.slot] = core.slot;
  words[end + End.generation] = core.generation;
  words[end + End.threadId] = threadId;
  words[end + End.registry] = core.poster?.registryMark ?? 0;
  // A full fence: the words above are in place before the kind says so, and the mailbox is looked at after it.
  Atomics.store(words, end + End.kind, core.poster === undefined ? EndKind.portable : EndKind.native);
}
