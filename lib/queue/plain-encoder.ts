import { types } from 'node:util';
import { Plain, PlainTag } from './plain-descriptor.js';

const { isProxy } = types;
const textOf = Object.prototype.toString;

/** Arguments, proxies and the like look like plain objects and cannot be cloned. */
function isPlain(value: object): boolean {
  return textOf.call(value) === '[object Object]' && !isProxy(value);
}

/** Longest string that is written character by character. */
const SHORT = 32;

/**
 * Writes plain values: objects without a class and short arrays, of numbers, strings, booleans, null and undefined. Keys
 * are written once and numbered; after that their number stands for them, so encoder and decoder must see the same
 * records. What it does not know it refuses: classes, holes, repeated references, getters that return such.
 */
export class PlainEncoder {
  /** What `encode` has written. */
  readonly bytes = Buffer.allocUnsafeSlow(Plain.scratchBytes);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #numbers = new Map<string, number>();
  readonly #newKeys: string[] = [];
  readonly #seen: object[] = [];
  #at = 0;

  /**
   * Writes one value.
   * @returns how many bytes of `bytes` it takes; −1: it is not plain, or too large
   */
  encode(value: object): number {
    this.#at = 0;
    this.#newKeys.length = 0;
    try {
      if (this.#writeObject(value, 0)) return this.#at;
    } finally {
      // Or the last value would live as long as the channel.
      this.#seen.length = 0;
    }
    this.forget();
    return -1;
  }

  /** The record was not sent: its new keys are not known to the decoder. */
  forget(): void {
    for (const key of this.#newKeys) this.#numbers.delete(key);
    this.#newKeys.length = 0;
  }

  #write(value: unknown, depth: number): boolean {
    if (this.#at + 16 > Plain.scratchBytes) return false;
    switch (typeof value) {
      case 'number':
        return this.#writeNumber(value);
      case 'string':
        return this.#writeString(value);
      case 'boolean':
        return this.#writeTag(value ? PlainTag.true : PlainTag.false);
      case 'undefined':
        return this.#writeTag(PlainTag.undefined);
      case 'object':
        return value === null ? this.#writeTag(PlainTag.null) : this.#writeObject(value, depth + 1);
      default:
        return false;
    }
  }

  #writeTag(tag: number): true {
    this.bytes[this.#at++] = tag;
    return true;
  }

  #writeNumber(value: number): true {
    const integer = value | 0;
    if (integer === value && Object.is(integer, value)) {
      this.#writeTag(PlainTag.int32);
      this.#view.setInt32(this.#at, integer, true);
      this.#at += 4;
    } else {
      this.#writeTag(PlainTag.float64);
      this.#view.setFloat64(this.#at, value, true);
      this.#at += 8;
    }
    return true;
  }

  #writeString(value: string): boolean {
    const { length } = value;
    if (this.#at + 2 * length + 8 > Plain.scratchBytes) return false;
    if (length <= SHORT && this.#writeShort(value)) return true;
    const isLatin1 = !/[^\0-\xff]/.test(value);
    this.#writeTag(isLatin1 ? PlainTag.latin1 : PlainTag.utf16);
    this.#view.setUint32(this.#at, length, true);
    this.#at += 4;
    this.#at += this.bytes.write(value, this.#at, isLatin1 ? 'latin1' : 'utf16le');
    return true;
  }

  /** One byte a character. Returns false, with nothing written, for a character that needs two. */
  #writeShort(value: string): boolean {
    const { bytes } = this;
    const { length } = value;
    const start = this.#at + 2;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0xff) return false;
      bytes[start + i] = code;
    }
    bytes[this.#at] = PlainTag.shortLatin1;
    bytes[this.#at + 1] = length;
    this.#at = start + length;
    return true;
  }

  #writeObject(value: object, depth: number): boolean {
    const seen = this.#seen;
    // A value that occurs twice, or contains itself, arrives as such only by a real clone.
    if (depth > Plain.maxDepth || seen.length === Plain.maxObjects || seen.includes(value)) return false;
    seen.push(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Array.prototype && Array.isArray(value)) return this.#writeArray(value, depth);
    if (prototype !== Object.prototype && prototype !== null) return false;
    return this.#writeProperties(value as Record<string, unknown>, depth);
  }

  #writeArray(value: readonly unknown[], depth: number): boolean {
    const { length } = value;
    // An element less is a hole; a key more is a property such as those of a match.
    if (length > Plain.maxArrayLength || Object.keys(value).length !== length || isProxy(value)) return false;
    this.#writeTag(PlainTag.array);
    this.#view.setUint32(this.#at, length, true);
    this.#at += 4;
    for (let i = 0; i < length; i++) {
      const element = value[i];
      if (element === undefined && !(i in value)) return false;
      if (!this.#write(element, depth)) return false;
    }
    return true;
  }

  #writeProperties(value: Record<string, unknown>, depth: number): boolean {
    const keys = Object.keys(value);
    if (keys.length >= Plain.newKey || !isPlain(value)) return false;
    this.#writeTag(PlainTag.object);
    this.#view.setUint16(this.#at, keys.length, true);
    this.#at += 2;
    for (let i = 0; i < keys.length; i++) {
      if (!this.#writeKey(keys[i]) || !this.#write(value[keys[i]], depth)) return false;
    }
    return true;
  }

  #writeKey(key: string): boolean {
    if (this.#at + Plain.maxKeyLength + 16 > Plain.scratchBytes) return false;
    const number = this.#numbers.get(key);
    if (number !== undefined) {
      this.#view.setUint16(this.#at, number, true);
      this.#at += 2;
      return true;
    }
    return this.#writeNewKey(key);
  }

  #writeNewKey(key: string): boolean {
    const { bytes } = this;
    // Assigning to `__proto__` would not make a property.
    if (this.#numbers.size === Plain.keys || key.length > Plain.maxKeyLength || key === '__proto__')
      return false;
    this.#view.setUint16(this.#at, Plain.newKey, true);
    bytes[this.#at + 2] = key.length;
    const start = this.#at + 3;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      if (code > 0xff) return false;
      bytes[start + i] = code;
    }
    this.#at = start + key.length;
    this.#numbers.set(key, this.#numbers.size);
    this.#newKeys.push(key);
    return true;
  }
}
