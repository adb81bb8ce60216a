import type { ByteRingConsumer } from './byte-ring.js';
import { RecordKind } from './byte-ring-descriptor.js';
import { PlainDecoder } from './plain-decoder.js';
import { deserializeClone } from './structured-clone.js';

/** What `Decoder.next` returns when no whole value is there. No value that is sent can be this object. */
export const NOTHING: unique symbol = Symbol('nothing');

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** From this length on, memory that is not filled with zeros first is cheaper, though a call of Node's makes it. */
const UNFILLED_FROM_BYTES = 8192;

/** Reads values from a byte ring, the counterpart of `Encoder`. */
export class Decoder {
  readonly #ring: ByteRingConsumer;
  #plain: PlainDecoder | undefined;
  #large: Uint8Array | undefined;
  #largeKind = 0;
  #largeReceived = 0;

  constructor(ring: ByteRingConsumer) {
    this.#ring = ring;
  }

  /** The number that came with the value which was returned last, if the values of this ring have one. */
  get tag(): number {
    return this.#ring.tag;
  }

  /** Takes the next value, or `NOTHING`. The record is passed before it is returned: it cannot come twice. */
  next(): unknown {
    const value = this.nextKnown();
    if (value !== NOTHING) return value;
    this.#ring.refresh();
    return this.nextKnown();
  }

  /** The same, of what the ring's last look saw: looks no further. */
  nextKnown(): unknown {
    const ring = this.#ring;
    while (ring.nextKnown()) {
      const kind = ring.kind;
      if (kind === RecordKind.int32) {
        const value = ring.words[ring.inlineIndex];
        ring.consume();
        return value;
      }
      if (kind === RecordKind.firstFragment) this.#startLarge();
      else if (kind === RecordKind.fragment) {
        if (this.#addFragment()) return this.#finishLarge();
      } else return this.#decodeRecord(kind);
    }
    return NOTHING;
  }

  #decodeRecord(kind: number): unknown {
    const ring = this.#ring;
    const offset = ring.payloadOffset;
    const end = offset + ring.payloadBytes;
    // Whatever decoding throws, the record is passed: one bad value must not block the ones behind it.
    try {
      switch (kind) {
        case RecordKind.float64:
          floatWords[0] = ring.words[ring.inlineIndex + 1];
          floatWords[1] = ring.words[ring.inlineIndex + 2];
          return float[0];
        case RecordKind.true:
          return true;
        case RecordKind.false:
          return false;
        case RecordKind.null:
          return null;
        case RecordKind.undefined:
          return undefined;
        case RecordKind.latin1:
          return ring.bytes.toString('latin1', offset, end);
        case RecordKind.utf16:
          return ring.bytes.toString('utf16le', offset, end);
        case RecordKind.plain:
          this.#plain ??= new PlainDecoder();
          return this.#plain.decode(ring.bytes, offset);
        default:
          return decodeBytes(kind, copyOf(ring.bytes, offset, end));
      }
    } finally {
      ring.consume();
    }
  }

  #startLarge(): void {
    const ring = this.#ring;
    this.#large = new Uint8Array(ring.words[ring.inlineIndex]);
    this.#largeKind = ring.words[ring.inlineIndex + 1];
    this.#largeReceived = 0;
    ring.consume();
  }

  #addFragment(): boolean {
    const ring = this.#ring;
    const large = this.#large;
    if (large === undefined) throw new Error('a fragment came without its beginning');
    const offset = ring.payloadOffset;
    large.set(ring.bytes.subarray(offset, offset + ring.payloadBytes), this.#largeReceived);
    this.#largeReceived += ring.payloadBytes;
    ring.consume();
    return this.#largeReceived === large.length;
  }

  #finishLarge(): unknown {
    const large = this.#large!;
    this.#large = undefined;
    if (this.#largeKind === RecordKind.plain) {
      this.#plain ??= new PlainDecoder();
      return this.#plain.decode(Buffer.from(large.buffer), 0);
    }
    return decodeBytes(this.#largeKind, large);
  }
}

/** A copy of bytes in memory of its own. */
function copyOf(bytes: Buffer, start: number, end: number): Uint8Array {
  const lengthBytes = end - start;
  if (lengthBytes < UNFILLED_FROM_BYTES) return new Uint8Array(bytes.subarray(start, end));
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(lengthBytes).buffer);
  copy.set(bytes.subarray(start, end));
  return copy;
}

/** @param bytes a copy that nobody else holds, since a Uint8Array is handed out as it is */
function decodeBytes(kind: number, bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case RecordKind.bytes:
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    case RecordKind.latin1:
      return buffer.toString('latin1');
    case RecordKind.utf16:
      return buffer.toString('utf16le');
    case RecordKind.clone:
      return deserializeClone(buffer);
    default:
      throw new Error(`a record of unknown kind ${kind}`);
  }
}
