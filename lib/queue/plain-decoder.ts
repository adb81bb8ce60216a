import { Plain, PlainTag } from './plain-descriptor.js';

/** Methods of Node's that its types leave out: `toString` without the look at its arguments. */
interface SlicingBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

/** Reads what a `PlainEncoder` wrote; it must see every record of that encoder, in order. */
export class PlainDecoder {
  readonly #keys: string[] = [];
  #bytes!: SlicingBuffer;
  #view!: DataView;
  #viewed: Buffer | undefined;
  #at = 0;

  /**
   * Reads one value.
   * @param bytes where it lies; held on to until the next value, as it mostly is the ring's own memory
   */
  decode(bytes: Buffer, offset: number): unknown {
    if (this.#viewed !== bytes) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#viewed = bytes;
    }
    this.#bytes = bytes as SlicingBuffer;
    this.#at = offset;
    return this.#read();
  }

  #read(): unknown {
    const tag = this.#bytes[this.#at++];
    switch (tag) {
      case PlainTag.int32:
        this.#at += 4;
        return this.#view.getInt32(this.#at - 4, true);
      case PlainTag.float64:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case PlainTag.shortLatin1:
        return this.#readText(this.#bytes[this.#at++]);
      case PlainTag.latin1:
        return this.#readText(this.#readCount());
      case PlainTag.utf16:
        return this.#readWide(this.#readCount());
      case PlainTag.array:
        return this.#readArray(this.#readCount());
      case PlainTag.object:
        return this.#readObject();
      default:
        return readConstant(tag);
    }
  }

  #readCount(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  #readText(length: number): string {
    const start = this.#at;
    this.#at += length;
    return this.#bytes.latin1Slice(start, this.#at);
  }

  #readWide(length: number): string {
    const start = this.#at;
    this.#at += 2 * length;
    return this.#bytes.ucs2Slice(start, this.#at);
  }

  #readArray(length: number): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < length; i++) values.push(this.#read());
    return values;
  }

  #readObject(): object {
    const count = this.#view.getUint16(this.#at, true);
    this.#at += 2;
    const value: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = this.#readKey();
      value[key] = this.#read();
    }
    return value;
  }

  #readKey(): string {
    const number = this.#view.getUint16(this.#at, true);
    this.#at += 2;
    if (number !== Plain.newKey) return this.#keys[number];
    const key = this.#readText(this.#bytes[this.#at++]);
    this.#keys.push(key);
    return key;
  }
}

function readConstant(tag: number): unknown {
  switch (tag) {
    case PlainTag.true:
      return true;
    case PlainTag.false:
      return false;
    case PlainTag.null:
      return null;
    case PlainTag.undefined:
      return undefined;
    default:
      throw new Error(`a plain record has a value of unknown kind ${tag}`);
  }
}
