import { TaskTimeoutError } from './errors.js';

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

/** A signal that is aborted by another one, or by time. */
export interface TimedSignal {
  readonly signal: AbortSignal;
  /** Call it when nobody waits for the signal any more. */
  stop(): void;
}

/** Adds a time limit to what may abort a task; the reason is then a `TaskTimeoutError`. */
export function withTimeout(signal: AbortSignalAny | null, timeoutMs: number): TimedSignal {
  const controller = new AbortController();
  // The tasks under way hold the process, not their limits.
  const timer = setTimeout(() => controller.abort(new TaskTimeoutError(timeoutMs)), timeoutMs).unref();
  const off = signal === null ? undefined : onAbort(signal, () => controller.abort(signal.reason));
  if (signal?.aborted) controller.abort(signal.reason);
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      off?.();
    },
  };
}

/** Listens for one `abort`; returns a function that stops listening. */
export function onAbort(signal: AbortSignalAny, listener: () => void): () => void {
  if ('addEventListener' in signal) {
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
  signal.once('abort', listener);
  return () => signal.off('abort', listener);
}
