import { wrongType } from '../../loop/index.js';
import type { Bytes } from './file-calls.js';

/** What can be written: bytes, or a text and the encoding that makes it bytes. */
export type Data = string | Bytes;

/**
 * The bytes of what is to be written.
 * @throws {TypeError} when it is neither bytes nor a text, or the encoding is unknown
 */
export function bytesOfData(data: Data, encoding: BufferEncoding = 'utf8'): Bytes {
  if (typeof data === 'string') return Buffer.from(data, checkEncoding(encoding));
  if (!ArrayBuffer.isView(data)) throw wrongType('data', 'a string or an ArrayBufferView', data);
  return data;
}

/**
 * Checks an encoding.
 * @throws {TypeError}
 */
export function checkEncoding(encoding: BufferEncoding): BufferEncoding {
  if (!Buffer.isEncoding(encoding)) throw wrongType('encoding', 'an encoding that Buffer knows', encoding);
  return encoding;
}
