import { ByteRing } from '../queue/byte-ring-descriptor.js';

/** Where each end of a channel says who holds it: words of the byte ring's fourth line, eight for each end. */
export const EndPlace = { receiver: ByteRing.user, sender: ByteRing.user + 8 } as const;

/** Words of one end. */
export const End = {
  /** A value of `EndKind`. Written last, when the other words are in place. */
  kind: 0,
  /** Of a native loop: its slot, and the generation that lives there. */
  slot: 1,
  generation: 2,
  threadId: 3,
  /** Of a portable loop: the word that the other end changes and notifies ... */
  bell: 4,
  /** ... if this one says that the loop waits for it (1). */
  isWaiting: 5,
  /** 1: somebody has opened this end. */
  claimed: 6,
  /** Of a native loop: which registry its slot is in. Two copies of the package in one process have one each. */
  registry: 7,
} as const;

/** What kind of loop holds an end. */
export const EndKind = { unbound: 0, native: 1, portable: 2 } as const;
