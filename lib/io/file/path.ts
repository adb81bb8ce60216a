import { fileURLToPath } from 'node:url';
import { wrongType } from '../../loop/index.js';
import type { PromisedOperation } from '../promised-operation.js';
import type { PromisedOperations } from '../promised-operations.js';
import type { Path } from './file-calls.js';

/** What callers may name a file by. */
export type PathLike = string | Uint8Array | URL;

/** Bytes of an operation's scratch memory for each of two paths. */
const PATH_BYTES = 256;
const LONGEST_UTF8 = 3;

/**
 * Checks a path.
 * @param name of the parameter, for the error
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` when it is no path, `ERR_INVALID_ARG_VALUE` when it contains NUL
 */
export function checkPath(path: PathLike, name = 'path'): Path {
  if (typeof path === 'string') {
    if (path.includes('\0')) throw withNul(name, path);
    return path;
  }
  if (path instanceof URL) return checkPath(fileURLToPath(path), name);
  if (!(path instanceof Uint8Array)) throw wrongType(name, 'a string, Uint8Array or URL', path);
  if (path.includes(0)) throw withNul(name, path);
  // A copy: the caller may change the bytes before they are looked at.
  return Buffer.from(path);
}

function withNul(name: string, path: string | Uint8Array): TypeError {
  const error = wrongType(name, 'a string, Uint8Array or URL without null bytes', path);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
}

/** The path for people to read, as an error names it. */
export function pathText(path: Path): string {
  return typeof path === 'string' ? path : path.toString();
}

/**
 * Writes a path where an operation's request can refer to it, NUL-terminated.
 * @param half the first or second half of the scratch memory
 * @returns its address
 */
export function placePath(
  ring: PromisedOperations,
  operation: PromisedOperation,
  path: Path,
  half: 0 | 1,
): number {
  const start = half * PATH_BYTES;
  if (typeof path === 'string' && path.length * LONGEST_UTF8 < PATH_BYTES) {
    const { scratch } = operation;
    scratch[start + scratch.write(path, start)] = 0;
    return operation.scratchAddress + start;
  }
  const bytes = Buffer.concat([typeof path === 'string' ? Buffer.from(path) : path, Buffer.alloc(1)]);
  operation.kept = [operation.kept, bytes];
  return ring.addressOf(bytes);
}
