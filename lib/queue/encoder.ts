import type { ByteRingProducer } from './byte-ring.js';
import { ByteRing, Record, RecordKind } from './byte-ring-descriptor.js';
import { PlainEncoder } from './plain-encoder.js';
import { serializeClone } from './structured-clone.js';

/** Longest string that is looked at character by character; longer ones go through Buffer. */
const SHORT_STRING = 64;
/** Pieces of a large record: a quarter of the ring, so that one is written while another is read. */
const PIECES = 4;
const FRAGMENT_PREFIX_BYTES = 8;

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** −0 is none: its reciprocal is below 0. */
function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}

/** What `Encoder.encode` throws for what it could only clone, when it may not. One object, as it tells nobody anything. */
export const NOT_PLAIN = new DOMException('the value is not plain', 'DataCloneError');

/** Largest record that `send` takes, in bytes as encoded. */
export const MAX_RECORD_BYTES = 0x7fff_ffff;

/**
 * Writes values into a byte ring. Integers, floats, booleans, null, undefined and short strings are written in place
 * without allocation; bytes are copied once; everything else passes through v8's structured clone.
 */
export class Encoder {
  /** Free bytes that the last refused `encode` needed. */
  neededBytes = 0;
  /** Whether a large record is still on its way; nothing else can be sent before it is out. */
  isBusy = false;
  readonly #ring: ByteRingProducer;
  readonly #pieceBytes: number;
  readonly #clones: boolean;
  #plain: PlainEncoder | undefined;
  /** A large record on its way: what is left of it goes out as the ring gets room. */
  #large: Buffer | undefined;
  #largeKind = 0;
  #largeSent = 0;

  /**
   * @param clones whether objects that are not plain are cloned; else `encode` throws `NOT_PLAIN` for them, and for
   * bytes in shared memory
   */
  constructor(ring: ByteRingProducer, clones = true) {
    this.#ring = ring;
    this.#clones = clones;
    this.#pieceBytes = Math.min(
      ring.capacityBytes / PIECES - Record.headerBytes,
      Record.maxPayloadBytes & ~7,
    );
  }

  /**
   * Writes and publishes one value.
   * @returns false when there is no room, or a large record is still on its way; nothing was sent then
   * @throws {DOMException} DataCloneError for what structured clone cannot carry (functions, symbols ...)
   */
  encode(value: unknown): boolean {
    if (this.isBusy && !this.continueLarge()) return this.#refuse(this.#pieceBytes);
    switch (typeof value) {
      case 'number':
        return isInt32(value) ? this.#encodeInline(RecordKind.int32, value) : this.#encodeFloat(value);
      case 'string':
        return this.#encodeString(value);
      case 'boolean':
        return this.#encodeInline(value ? RecordKind.true : RecordKind.false, 0);
      case 'undefined':
        return this.#encodeInline(RecordKind.undefined, 0);
      default:
        return value === null ? this.#encodeInline(RecordKind.null, 0) : this.#encodeObject(value);
    }
  }

  /**
   * The same as `encode`, with a number that the decoder gives out beside the value.
   * @param tag an int32
   */
  encodeTagged(tag: number, value: unknown): boolean {
    if (this.isBusy && !this.continueLarge()) return this.#refuse(this.#pieceBytes);
    // The commonest value in few steps; if there is no room, what follows finds that out too.
    if (typeof value === 'number' && isInt32(value) && this.#ring.pushTagged(tag, RecordKind.int32, value))
      return true;
    if (!this.#ring.pushTag(tag)) return this.#refuse(0);
    let isDone = false;
    try {
      isDone = this.encode(value);
    } finally {
      if (!isDone) {
        this.#ring.dropTag();
        this.neededBytes = Math.min(this.#ring.capacityBytes, this.neededBytes + Record.headerBytes);
      }
    }
    return isDone;
  }

  #refuse(payloadBytes: number): false {
    this.neededBytes = this.#ring.worstCaseBytes(payloadBytes);
    return false;
  }

  #encodeInline(kind: number, value: number): boolean {
    return this.#ring.pushInline(kind, value) || this.#refuse(0);
  }

  #encodeFloat(value: number): boolean {
    const ring = this.#ring;
    const at = ring.reserve(RecordKind.float64, 8);
    if (at < 0) return this.#refuse(8);
    float[0] = value;
    ring.words[at + 1] = floatWords[0];
    ring.words[at + 2] = floatWords[1];
    ring.publish();
    return true;
  }

  #encodeString(value: string): boolean {
    const length = value.length;
    if (length > SHORT_STRING) return this.#encodeLongString(value);
    const ring = this.#ring;
    const at = ring.reserve(RecordKind.latin1, length);
    if (at < 0) return this.#refuse(length * 2);
    const bytes = ring.bytes;
    const offset = (at + 1 - ByteRing.data) << 2;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      // The reserved record is simply not published; the next one is written over it.
      if (code > 0xff) return this.#encodeLongString(value);
      bytes[offset + i] = code;
    }
    ring.publish();
    return true;
  }

  #encodeLongString(value: string): boolean {
    // UTF-16 keeps lone surrogates, as structured clone does; UTF-8 would replace them.
    const isLatin1 = !/[^\0-\xff]/.test(value);
    const kind = isLatin1 ? RecordKind.latin1 : RecordKind.utf16;
    const encoding = isLatin1 ? 'latin1' : 'utf16le';
    const bytes = isLatin1 ? value.length : value.length * 2;
    const ring = this.#ring;
    if (bytes > ring.maxPayloadBytes) return this.#startLarge(kind, Buffer.from(value, encoding));
    const at = ring.reserve(kind, bytes);
    if (at < 0) return this.#refuse(bytes);
    ring.bytes.write(value, (at + 1 - ByteRing.data) << 2, encoding);
    ring.publish();
    return true;
  }

  #encodeObject(value: unknown): boolean {
    if (value instanceof Uint8Array && (this.#clones || !(value.buffer instanceof SharedArrayBuffer)))
      return this.#encodeBytes(RecordKind.bytes, value, true);
    this.#plain ??= new PlainEncoder();
    const length = this.#plain.encode(value as object);
    if (length >= 0) {
      const isSent = this.#encodeBytes(RecordKind.plain, this.#plain.bytes.subarray(0, length), true);
      if (!isSent) this.#plain.forget();
      return isSent;
    }
    if (!this.#clones) throw NOT_PLAIN;
    return this.#encodeBytes(RecordKind.clone, serializeClone(value), false);
  }

  #encodeBytes(kind: number, payload: Uint8Array, ofUser: boolean): boolean {
    const ring = this.#ring;
    if (payload.length > ring.maxPayloadBytes) {
      // The rest leaves later, so what the user may still write to is copied.
      return this.#startLarge(kind, ofUser ? Buffer.from(payload) : (payload as Buffer));
    }
    const at = ring.reserve(kind, payload.length);
    if (at < 0) return this.#refuse(payload.length);
    ring.bytes.set(payload, (at + 1 - ByteRing.data) << 2);
    ring.publish();
    return true;
  }

  #startLarge(kind: number, payload: Buffer): boolean {
    if (payload.length > MAX_RECORD_BYTES) {
      throw new RangeError(
        `value: it takes ${payload.length} bytes, at most ${MAX_RECORD_BYTES} can be sent at once`,
      );
    }
    const ring = this.#ring;
    const at = ring.reserve(RecordKind.firstFragment, FRAGMENT_PREFIX_BYTES);
    if (at < 0) return this.#refuse(FRAGMENT_PREFIX_BYTES);
    ring.words[at] = payload.length;
    ring.words[at + 1] = kind;
    ring.publish();
    this.#large = payload;
    this.isBusy = true;
    this.#largeKind = kind;
    this.#largeSent = 0;
    this.continueLarge();
    return true;
  }

  /**
   * Sends what fits of the large record that is on its way.
   * @returns whether it is out
   */
  continueLarge(): boolean {
    const payload = this.#large;
    if (payload === undefined) return true;
    const ring = this.#ring;
    while (this.#largeSent < payload.length) {
      const piece = payload.subarray(this.#largeSent, this.#largeSent + this.#pieceBytes);
      const at = ring.reserve(RecordKind.fragment, piece.length);
      if (at < 0) {
        this.neededBytes = ring.worstCaseBytes(piece.length);
        return false;
      }
      ring.words[at] = this.#largeKind;
      ring.bytes.set(piece, (at + 1 - ByteRing.data) << 2);
      ring.publish();
      this.#largeSent += piece.length;
    }
    this.#large = undefined;
    this.isBusy = false;
    return true;
  }
}
