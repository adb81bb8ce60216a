import { Hold } from '../wake/index.js';

/** What holds a thread: referencing it keeps libuv's loop from ending. */
export interface Holder {
  ref(): void;
  unref(): void;
}

/**
 * Counts what is pending on a loop, and keeps the thread alive while anything is. Taking hold works at once; letting go
 * waits for `sync`, so that a loop that is busy does not go back and forth, or is left to the hook (`offer`).
 */
export class KeepAlive {
  /** `EventLoop.unref()` sets this to false: pending work no longer keeps the thread. */
  isWanted = true;
  /** What is pending besides what `acquire` counts: operations of the user's in flight. */
  operations: () => number = () => 0;
  #acquired = 0;
  #ignored = 0;
  #isHeld = false;
  /** Nothing is pending, and the hook may let go. */
  #isOffered = false;
  #words: Int32Array = new Int32Array(2);
  #restIndex = 0;
  #holdIndex = 1;
  #holder: Holder | undefined;

  /** Whether anything is pending. */
  get isPending(): boolean {
    return this.#acquired > 0 || this.operations() > this.#ignored;
  }

  /** Says who holds the thread, once that is known. */
  setHolder(holder: Holder | undefined): void {
    if (this.#isOffered) this.#takeBack();
    if (this.#isHeld) this.#holder?.unref();
    this.#holder = holder;
    this.#isHeld = false;
    this.update();
  }

  /**
   * Says by which words the hook hears of it.
   * @param restIndex set to 0 when less is pending: whoever has set it to 1 thought that there was nothing to let go of
   * @param holdIndex a value of `Hold`, for `offer`
   */
  tellHook(words: Int32Array, restIndex: number, holdIndex: number): void {
    this.#words = words;
    this.#restIndex = restIndex;
    this.#holdIndex = holdIndex;
  }

  /** One more thing is pending. What an offer takes to be taken back is spelled out: after a halt of the CPU each call is dear. */
  acquire(): void {
    this.#acquired++;
    if (this.#isOffered && this.isWanted && this.#words[this.#holdIndex] !== Hold.isOver) {
      this.#isOffered = false;
      this.#words[this.#holdIndex] = Hold.isJavaScripts;
    } else if (!this.#isHeld || this.#isOffered) this.update();
  }

  /** One thing is done. */
  release(): void {
    this.#acquired--;
    this.#words[this.#restIndex] = 0;
  }

  /**
   * Says how many operations in flight do not hold the thread, an idle server's for example.
   * @param change +1 or −1
   */
  ignore(change: number): void {
    this.#ignored += change;
    this.#words[this.#restIndex] = 0;
    this.update();
  }

  /** Takes hold if something is pending. */
  update(): void {
    if ((this.#isHeld && !this.#isOffered) || !this.isWanted) return;
    if (this.#holder === undefined || (this.#acquired === 0 && !this.isPending)) return;
    if (this.#isOffered) this.#takeBack();
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#holder.ref();
  }

  /** If nothing is pending, lets the hook let go before libuv's next poll: not at once, since that and `update` take a call each. */
  offer(): void {
    if (!this.#isHeld || this.#isOffered) return;
    if (this.isWanted && (this.#acquired > 0 || this.operations() > this.#ignored)) return;
    this.#isOffered = true;
    // Plain, as in `#takeBack`: the hook reads and writes it on this thread.
    this.#words[this.#holdIndex] = Hold.isOffered;
  }

  #takeBack(): void {
    this.#isOffered = false;
    if (this.#words[this.#holdIndex] === Hold.isOver) this.#isHeld = false;
    this.#words[this.#holdIndex] = Hold.isJavaScripts;
  }

  /** Lets go if nothing is pending any more. Returns whether it did, which the hook may have done before. */
  sync(): boolean {
    if (this.#isOffered) this.#takeBack();
    if (!this.#isHeld || (this.isWanted && this.isPending)) return false;
    this.#isHeld = false;
    this.#holder?.unref();
    return true;
  }
}
