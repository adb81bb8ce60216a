import { nowMs } from '../../stats/index.js';

/**
 * Tells when nothing has happened for a while. A touch only notes the time; the timer, when it comes, looks at it and
 * waits for the rest.
 */
export class IdleTimer {
  readonly timeoutMs: number;
  readonly #onIdle: () => void;
  #touchedMs = nowMs();
  #timer: NodeJS.Timeout;

  /** @param timeoutMs above 0 */
  constructor(timeoutMs: number, onIdle: () => void) {
    this.timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
    this.#timer = this.#start(timeoutMs);
  }

  #start(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), delayMs).unref();
  }

  /** Something happened. */
  touch(): void {
    this.#touchedMs = nowMs();
  }

  #look(): void {
    const leftMs = this.#touchedMs + this.timeoutMs - nowMs();
    if (leftMs <= 0) this.#onIdle();
    else this.#timer = this.#start(Math.max(1, leftMs));
  }

  /** Never tells again. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
