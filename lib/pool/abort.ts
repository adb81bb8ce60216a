/** An AbortSignal, or any other EventTarget that works like one. */
export interface AbortTarget {
  addEventListener(name: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(name: 'abort', listener: () => void): void;
  aborted?: boolean;
  reason?: unknown;
}

/** An EventEmitter that emits `abort`. */
export interface AbortEmitter {
  off(name: 'abort', listener: () => void): void;
  once(name: 'abort', listener: () => void): void;
  aborted?: boolean;
  reason?: unknown;
}

/** What `run` takes as `signal`, as Piscina does. */
export type AbortSignalAny = AbortTarget | AbortEmitter;

/** Listens for one `abort`; returns a function that stops listening. */
export function onAbort(signal: AbortSignalAny, listener: () => void): () => void {
  if ('addEventListener' in signal) {
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
  signal.once('abort', listener);
  return () => signal.off('abort', listener);
}
