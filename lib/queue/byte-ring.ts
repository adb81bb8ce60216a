import { loadAcquire, storeRelease } from '../ring/ordering.js';
import { BYTE_RING_MAGIC, ByteRing, Record, RecordKind } from './byte-ring-descriptor.js';

/** Smallest and largest capacity of a ring, in bytes; a capacity is a power of two. */
export const capacityLimits = { min: 256, max: 1 << 28 } as const;

const alignUp = (bytes: number): number => (bytes + Record.alignmentBytes - 1) & ~(Record.alignmentBytes - 1);

/**
 * New memory for a byte ring.
 * @param capacityBytes a power of two within `capacityLimits`
 */
export function createByteRing(capacityBytes: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(ByteRing.headerBytes + capacityBytes);
  const words = new Int32Array(memory);
  words[ByteRing.magic] = BYTE_RING_MAGIC;
  words[ByteRing.capacityBytes] = capacityBytes;
  return memory;
}

/** The views that both sides use of a ring's memory. */
export class ByteRingViews {
  readonly words: Int32Array;
  /** The data as bytes, for payloads. */
  readonly bytes: Buffer;
  readonly capacityBytes: number;

  /** @throws {TypeError} when the memory is not a byte ring of this version */
  constructor(memory: SharedArrayBuffer) {
    if (
      !(memory instanceof SharedArrayBuffer) ||
      memory.byteLength < ByteRing.headerBytes + capacityLimits.min
    ) {
      throw new TypeError('the memory is not a byte ring: expected a SharedArrayBuffer from createByteRing');
    }
    this.words = new Int32Array(memory);
    if (this.words[ByteRing.magic] !== BYTE_RING_MAGIC) {
      throw new TypeError('the memory is not a byte ring of this version (its first word differs)');
    }
    this.capacityBytes = this.words[ByteRing.capacityBytes];
    this.bytes = Buffer.from(memory, ByteRing.headerBytes, this.capacityBytes);
  }

  /** Whether the other side, or both, said that nothing more will come. */
  isProducerClosed(): boolean {
    return loadAcquire(this.words, ByteRing.producerClosed) !== 0;
  }

  /** Whether the consumer will read no more. */
  isConsumerClosed(): boolean {
    // Plain: nothing is read on the strength of this flag, and a send that sees it one call late loses nothing.
    return this.words[ByteRing.consumerClosed] !== 0;
  }
}

/**
 * The sending side of a byte ring: one thread only. A record is reserved, filled in and published; it lies in one
 * piece, so the end of the ring is filled up with a padding record when it does not fit there.
 */
export class ByteRingProducer extends ByteRingViews {
  /** Largest payload of one record: two of them always fit, wherever the ring's end falls. */
  readonly maxPayloadBytes: number;
  readonly #mask: number;
  #tail: number;
  #knownHead: number;
  #reservedBytes = 0;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.#mask = this.capacityBytes - 1;
    this.#tail = Atomics.load(this.words, ByteRing.tail);
    this.#knownHead = Atomics.load(this.words, ByteRing.head);
    this.maxPayloadBytes = Math.min(this.capacityBytes / 2 - Record.headerBytes, Record.maxPayloadBytes);
  }

  /** Bytes free now, as far as the producer knows; `refresh` asks the consumer's word first. */
  freeBytes(refresh: boolean): number {
    if (refresh) this.#knownHead = loadAcquire(this.words, ByteRing.head);
    return this.capacityBytes - ((this.#tail - this.#knownHead) | 0);
  }

  /**
   * Reserves a record and writes its header.
   * @param payloadBytes at most `maxPayloadBytes`
   * @returns the index in `words` of its inline word; its payload begins one word later. −1: no room
   */
  reserve(kind: number, payloadBytes: number): number {
    const recordBytes = Record.headerBytes + alignUp(payloadBytes);
    let at = this.#tail & this.#mask;
    const toEnd = this.capacityBytes - at;
    const needed = recordBytes <= toEnd ? recordBytes : toEnd + recordBytes;
    if (this.freeBytes(false) < needed && this.freeBytes(true) < needed) return -1;
    if (needed !== recordBytes) {
      this.words[ByteRing.data + (at >> 2)] =
        ((toEnd - Record.headerBytes) << Record.kindBits) | RecordKind.padding;
      at = 0;
    }
    const header = ByteRing.data + (at >> 2);
    this.words[header] = (payloadBytes << Record.kindBits) | kind;
    this.#reservedBytes = needed;
    return header + 1;
  }

  /** Makes the reserved record visible to the consumer. */
  publish(): void {
    this.#tail = (this.#tail + this.#reservedBytes) | 0;
    // Release: the record is written before the tail that covers it.
    storeRelease(this.words, ByteRing.tail, this.#tail);
  }

  /**
   * Reserves, writes and publishes a record without a payload: what `reserve(kind, 0)` and `publish` do, in one step. Such a
   * record always fits before the end of the ring.
   * @returns false when there is no room
   */
  pushInline(kind: number, value: number): boolean {
    const tail = this.#tail;
    if (this.freeBytes(false) < Record.headerBytes && this.freeBytes(true) < Record.headerBytes) return false;
    const words = this.words;
    const at = ByteRing.data + ((tail & this.#mask) >> 2);
    words[at] = kind;
    words[at + 1] = value;
    this.#tail = (tail + Record.headerBytes) | 0;
    // Release: the record is written before the tail that covers it.
    storeRelease(words, ByteRing.tail, this.#tail);
    return true;
  }

  /**
   * The same, of a record with a tag before it: what `pushTag` and `pushInline` do, in one step.
   * @returns false when there is no room for both
   */
  pushTagged(tag: number, kind: number, value: number): boolean {
    const tail = this.#tail;
    const needed = 2 * Record.headerBytes;
    if (this.freeBytes(false) < needed && this.freeBytes(true) < needed) return false;
    const words = this.words;
    const at = ByteRing.data + ((tail & this.#mask) >> 2);
    words[at] = RecordKind.tag;
    words[at + 1] = tag;
    const next = ByteRing.data + (((tail + Record.headerBytes) & this.#mask) >> 2);
    words[next] = kind;
    words[next + 1] = value;
    this.#tail = (tail + needed) | 0;
    // Release: both records are written before the tail that covers them.
    storeRelease(words, ByteRing.tail, this.#tail);
    return true;
  }

  /**
   * Writes a tag for the next record, to be published with it. Like `pushInline`, but for the tail that the consumer sees.
   * @returns false when there is no room
   */
  pushTag(tag: number): boolean {
    const tail = this.#tail;
    if (this.freeBytes(false) < Record.headerBytes && this.freeBytes(true) < Record.headerBytes) return false;
    const at = ByteRing.data + ((tail & this.#mask) >> 2);
    this.words[at] = RecordKind.tag;
    this.words[at + 1] = tag;
    this.#tail = (tail + Record.headerBytes) | 0;
    return true;
  }

  /** Takes a tag back whose record was not published. */
  dropTag(): void {
    this.#tail = (this.#tail - Record.headerBytes) | 0;
  }

  /** Room that a record of this payload may need at worst, in bytes. */
  worstCaseBytes(payloadBytes: number): number {
    return Math.min(this.capacityBytes, 2 * (Record.headerBytes + alignUp(payloadBytes)));
  }

  /** Asks for the doorbell when room is made. Look at `freeBytes(true)` after this, not before. */
  requestRoom(): void {
    if (Atomics.load(this.words, ByteRing.producerWaiting) !== 0) return;
    // A full fence: the head is loaded after the request is visible, so either we see the room or are rung for it.
    Atomics.store(this.words, ByteRing.producerWaiting, 1);
  }

  /** Says that nothing more will come. */
  close(): void {
    Atomics.store(this.words, ByteRing.producerClosed, 1);
  }
}

/** The receiving side of a byte ring: one thread only. `next` finds a record, noting the tags before it, `consume` passes it. */
export class ByteRingConsumer extends ByteRingViews {
  /** Kind, payload length and place of the record that `next` found. */
  kind = 0;
  payloadBytes = 0;
  /** The last tag that `next` passed. */
  tag = 0;
  /** Index in `words` of the record's inline word. */
  inlineIndex = 0;
  readonly #mask: number;
  #head: number;
  #publishedHead: number;
  #knownTail: number;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.#mask = this.capacityBytes - 1;
    this.#head = Atomics.load(this.words, ByteRing.head);
    this.#publishedHead = this.#head;
    this.#knownTail = this.#head;
  }

  /** Looks how much is there by now: one look a turn, as each costs the producer its cache line. */
  refresh(): void {
    // The producer stores the tail after the record: having read the tail, we see the record.
    this.#knownTail = loadAcquire(this.words, ByteRing.tail);
  }

  /** Whether a record is there. */
  hasNext(): boolean {
    // The producer stores the tail after the record: having read the tail, we see the record.
    return this.#head !== this.#knownTail || loadAcquire(this.words, ByteRing.tail) !== this.#head;
  }

  /** Finds the next record and describes it in `kind`, `payloadBytes`, `inlineIndex`. */
  next(): boolean {
    if (this.nextKnown()) return true;
    this.refresh();
    return this.nextKnown();
  }

  /** The same, of what the last look saw: looks no further. */
  nextKnown(): boolean {
    while (this.#head !== this.#knownTail) {
      const at = ByteRing.data + ((this.#head & this.#mask) >> 2);
      const header = this.words[at];
      this.kind = header & Record.kindMask;
      this.payloadBytes = header >>> Record.kindBits;
      this.inlineIndex = at + 1;
      if (this.kind === RecordKind.tag) {
        this.tag = this.words[at + 1];
        this.#head = (this.#head + Record.headerBytes) | 0;
      } else if (this.kind === RecordKind.padding) this.consume();
      else return true;
    }
    return false;
  }

  /** Passes the record that `next` found. Its bytes are given back to the producer by `release`. */
  consume(): void {
    const bytes = Record.headerBytes + this.payloadBytes;
    this.#head = (this.#head + ((bytes + Record.alignmentBytes - 1) & -Record.alignmentBytes)) | 0;
    // A long batch gives room back on the way, or the producer would stand still until its end.
    if (((this.#head - this.#publishedHead) | 0) > this.capacityBytes >> 2) this.#publishHead();
  }

  /** Offset in `bytes` of the payload of the record that `next` found. */
  get payloadOffset(): number {
    return (this.inlineIndex + 1 - ByteRing.data) << 2;
  }

  #publishHead(): void {
    this.#publishedHead = this.#head;
    // A full fence: the producer's request for room is loaded after the head is visible to it.
    Atomics.store(this.words, ByteRing.head, this.#head);
  }

  /**
   * Gives all consumed records back.
   * @returns whether the producer waits for room and enough of it is there now: ring its doorbell then
   */
  release(): boolean {
    if (this.#publishedHead !== this.#head) {
      this.#publishedHead = this.#head;
      // A full fence, as in `#publishHead`: this is on the way of every message.
      Atomics.store(this.words, ByteRing.head, this.#head);
    }
    if (loadAcquire(this.words, ByteRing.producerWaiting) === 0) return false;
    const used = (loadAcquire(this.words, ByteRing.tail) - this.#head) | 0;
    // Not for each record: a producer that is woken at half a ring sends half a ring at once.
    if (used > this.capacityBytes >> 1) return false;
    return Atomics.exchange(this.words, ByteRing.producerWaiting, 0) === 1;
  }

  /** Says, in place of a producer whose thread has ended, that nothing more will come. */
  closeForProducer(): void {
    Atomics.store(this.words, ByteRing.producerClosed, 1);
  }

  /** Says that nothing more will be read. */
  close(): void {
    Atomics.store(this.words, ByteRing.consumerClosed, 1);
  }
}
