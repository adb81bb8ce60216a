import { UringError } from '../ring/index.js';
import { AbortError } from './abort.js';

/**
 * An error of Node's own modules as the ring would have given it: a system error becomes a `UringError`, an abort an
 * `AbortError`; anything else stays what it is.
 */
export function uringErrorOf(error: NodeJS.ErrnoException & { dest?: string }): Error {
  if (error.name === 'AbortError') return new AbortError(error.cause);
  if (typeof error.errno !== 'number' || error.syscall === undefined) return error;
  return new UringError(error.errno, error.syscall, error.path, error.dest);
}
