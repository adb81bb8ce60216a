/** What an operation that its `signal` ended rejects with; shaped like Node's own: `code` is 'ABORT_ERR'. */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';

  /** @param reason the signal's reason, which becomes the error's `cause` */
  constructor(reason: unknown) {
    super('The operation was aborted', { cause: reason });
  }
}

/**
 * Stops here if the signal has aborted.
 * @throws {AbortError}
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortError(signal.reason);
}
