import { outOfRange, wrongType } from '../../loop/index.js';
import type { Bytes } from './file-calls.js';

/** "At the file's own position", to the kernel. */
export const CURRENT_POSITION = -1;

/**
 * Checks a part of a buffer.
 * @throws {TypeError | RangeError}
 */
export function checkRange(buffer: Bytes, offset: number, length: number): void {
  if (!ArrayBuffer.isView(buffer)) throw wrongType('buffer', 'an ArrayBufferView', buffer);
  const { byteLength } = buffer;
  if (!Number.isInteger(offset) || offset < 0 || offset > byteLength)
    throw badNumber('offset', byteLength, offset);
  const room = byteLength - offset;
  if (!Number.isInteger(length) || length < 0 || length > room) throw badNumber('length', room, length);
}

/**
 * Checks a position in a file.
 * @returns it as a number, −1 for the file's own position
 * @throws {TypeError | RangeError}
 */
export function checkPosition(position: number | bigint | null | undefined): number {
  if (position === undefined || position === null) return CURRENT_POSITION;
  const number = typeof position === 'bigint' ? Number(position) : position;
  if (!Number.isSafeInteger(number) || number < CURRENT_POSITION)
    throw badNumber('position', Number.MAX_SAFE_INTEGER, position);
  return number;
}

/**
 * Checks a whole number ≥ 0.
 * @throws {TypeError | RangeError}
 */
export function checkWhole(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw badNumber(option, Number.MAX_SAFE_INTEGER, value);
}

function badNumber(option: string, max: number, value: unknown): Error {
  if (typeof value !== 'number' && typeof value !== 'bigint') return wrongType(option, 'a number', value);
  return outOfRange(option, `a whole number from 0 to ${max}`, value);
}
