import { AbortError } from '../abort.js';
import { socketBusyError } from './net-error.js';
import type { StreamReader } from './stream-reader.js';

/**
 * Reads what is there, or what comes next, into memory of the user's.
 * @returns how many bytes; 0 at the end
 * @throws {UringError | WakelineError | AbortError} as a rejection
 */
export function readInto(
  reader: StreamReader,
  target: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (signal?.aborted) return Promise.reject(new AbortError(signal.reason));
  if (reader.isAwaited) return Promise.reject(socketBusyError());
  if (reader.queuedBytes > 0 || target.length === 0) return Promise.resolve(reader.takeInto(target));
  if (reader.isAtEnd) return Promise.resolve(0);
  const { error } = reader;
  if (error !== undefined) return Promise.reject(error);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reader.cancelWait();
      reject(new AbortError(signal!.reason));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    reader.wait({
      onReadable() {
        signal?.removeEventListener('abort', onAbort);
        resolve(reader.takeInto(target));
      },
      onError(reason) {
        signal?.removeEventListener('abort', onAbort);
        reject(reason);
      },
    });
  });
}
