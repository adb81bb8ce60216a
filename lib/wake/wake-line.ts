import { type Native, WaitDescriptor } from '../../ffi/index.js';
import { loadAcquire } from '../ring/ordering.js';
import type { Ring } from '../ring/ring.js';
import { SqFlag } from '../ring/ring-constants.js';
import { writeAddress } from '../ring/ring-memory.js';
import { registryWords } from './registry.js';
import { Slot, slotBase } from './slot-descriptor.js';

/**
 * The words that an idle loop watches: its wake word, its ring's completion tail, and the ring's flags. With a ring
 * they share one cache line (since Linux 6.6; before, the flags lie apart). Without one, the wake word lies in the
 * loop's slot, and the other two are words that never change.
 *
 * The indices are public: the spin reads the words itself.
 */
export class WakeLine {
  readonly words: Int32Array;
  readonly wakeIndex: number;
  readonly tailIndex: number;
  readonly flagsIndex: number;
  readonly flagsMask: number = SqFlag.TASKRUN | SqFlag.CQ_OVERFLOW;
  /** Addresses of the three words: tail, wake word, flags. */
  readonly addresses: readonly [tail: number, wakeWord: number, flags: number];
  /** Whether a free word was found; without one, posters must always use the kernel wake. */
  readonly hasWakeWord: boolean;
  /** The value of the wake word that the mailboxes were last looked at for. */
  seen = 0;

  /** @param slot the loop's slot in the registry; its wake word's address is written there */
  constructor(native: Native, slot: number, ring: Ring | undefined) {
    const registry = registryWords(native);
    const base = slotBase(slot);
    const ringWord = ring?.wakeWord.wakeWord;
    this.hasWakeWord = ring === undefined || ringWord !== undefined;
    const slotAddress = native.hooks.registryAddress + base * 4;
    if (ring === undefined) {
      this.words = registry;
      this.wakeIndex = base + Slot.wakeWord;
      this.tailIndex = base + Slot.neverChanges;
      this.flagsIndex = base + Slot.neverChanges;
      const never = slotAddress + Slot.neverChanges * 4;
      this.addresses = [never, slotAddress + Slot.wakeWord * 4, never];
    } else {
      const at = ring.memory.wordsAddress;
      const { cqTail, sqFlags } = ring.layout;
      this.words = ring.memory.words;
      this.tailIndex = cqTail / 4;
      this.flagsIndex = sqFlags / 4;
      // Without a free word the tail stands in for the wake word; nobody stores to it then.
      this.wakeIndex = (ringWord ?? cqTail) / 4;
      this.addresses = [at + cqTail, at + this.wakeIndex * 4, at + sqFlags];
      if (ringWord !== undefined) this.words[this.wakeIndex] = 0;
    }
    writeAddress(registry, base + Slot.wakeWordAddress, this.hasWakeWord ? this.addresses[1] : 0);
  }

  /** Describes the three words to C, as what ends a wait: their addresses, and which of their bits count. */
  describe(wait: Int32Array): void {
    const { address, mask, count } = WaitDescriptor;
    for (let word = 0; word < this.addresses.length; word++) {
      writeAddress(wait, address + 2 * word, this.addresses[word]);
      wait[mask + word] = -1;
    }
    // The tail comes first: its line is the one that is monitored. Of the flags, only those that ask for an enter count.
    wait[mask + 2] = this.flagsMask;
    wait[count] = this.addresses.length;
  }

  /**
   * Notes the wake word's present value as seen. Look at the mailboxes after this, not before.
   * @returns whether it had changed since the last time
   */
  noteSeen(): boolean {
    // A poster publishes its message before it stores the word: having read the word, we see the message.
    const now = loadAcquire(this.words, this.wakeIndex);
    if (now === this.seen || !this.hasWakeWord) return false;
    this.seen = now;
    return true;
  }

  /**
   * Whether any of the words has news: all that an idle loop watches.
   * @param tail the completion tail that is no news; 0 without a ring
   */
  hasNews(tail: number): boolean {
    const { words } = this;
    if (this.hasWakeWord && loadAcquire(words, this.wakeIndex) !== this.seen) return true;
    // The kernel stores the tail with release: whoever sees a new one sees the completions before it.
    return loadAcquire(words, this.tailIndex) !== tail || (words[this.flagsIndex] & this.flagsMask) !== 0;
  }

  /** Whether a poster has stored to the wake word since `noteSeen`. */
  hasPost(): boolean {
    return this.hasWakeWord && loadAcquire(this.words, this.wakeIndex) !== this.seen;
  }
}
