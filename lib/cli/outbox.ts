import { ChannelClosedError, type Sender } from '../loop/index.js';

/** A sender that keeps what finds no room, and says so, that its user may stop making more. */
export class Outbox<T> {
  readonly #sender: Sender<T>;
  readonly #onDrained: () => void;
  readonly #kept: T[] = [];
  #isDraining = false;
  #isClosing = false;

  /** @param onDrained called when everything kept has been sent */
  constructor(sender: Sender<T>, onDrained: () => void) {
    this.#sender = sender;
    this.#onDrained = onDrained;
  }

  /** Whether something is kept: send no more than what cannot wait. */
  get isFull(): boolean {
    return this.#kept.length > 0;
  }

  /** Sends a value now or, in order, when there is room. What nobody receives any more is dropped. */
  send(value: T): void {
    if (this.#sender.isClosed) return;
    if (this.#kept.length === 0 && this.#sender.send(value)) return;
    this.#kept.push(value);
    if (!this.#isDraining) void this.#drain();
  }

  /** Closes the channel behind what was sent. */
  close(): void {
    this.#isClosing = true;
    if (!this.#isDraining) this.#sender.close();
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    try {
      while (this.#kept.length > 0) {
        await this.#sender.sendWhenReady(this.#kept[0]);
        this.#kept.shift();
      }
    } catch (error) {
      if (!(error instanceof ChannelClosedError)) throw error;
      this.#kept.length = 0;
    } finally {
      this.#isDraining = false;
    }
    if (this.#isClosing) this.#sender.close();
    else this.#onDrained();
  }
}
