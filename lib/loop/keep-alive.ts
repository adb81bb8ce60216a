/** What holds a thread: referencing it keeps libuv's loop from ending. */
export interface Holder {
  ref(): void;
  unref(): void;
}

/**
 * Counts what is pending on a loop, and keeps the thread alive while anything is. Taking hold works at once; letting go
 * waits for `sync`, so that a loop that is busy does not go back and forth.
 */
export class KeepAlive {
  /** `EventLoop.unref()` sets this to false: pending work no longer keeps the thread. */
  isWanted = true;
  /** What is pending besides what `acquire` counts: operations of the user's in flight. */
  operations: () => number = () => 0;
  #acquired = 0;
  #ignored = 0;
  #isHeld = false;
  #restWords: Int32Array = new Int32Array(1);
  #restIndex = 0;
  #holder: Holder | undefined;

  /** Whether anything is pending. */
  get isPending(): boolean {
    return this.#acquired > 0 || this.operations() > this.#ignored;
  }

  /** Says who holds the thread, once that is known. */
  setHolder(holder: Holder | undefined): void {
    if (this.#isHeld) this.#holder?.unref();
    this.#holder = holder;
    this.#isHeld = false;
    this.update();
  }

  /** Sets a word to 0 when less is pending: whoever has set it to 1 thought that `sync` would find nothing. */
  tellReleased(words: Int32Array, index: number): void {
    this.#restWords = words;
    this.#restIndex = index;
  }

  /** One more thing is pending. */
  acquire(): void {
    this.#acquired++;
    this.update();
  }

  /** One thing is done. */
  release(): void {
    this.#acquired--;
    this.#restWords[this.#restIndex] = 0;
  }

  /**
   * Says how many operations in flight do not hold the thread, an idle server's for example.
   * @param change +1 or −1
   */
  ignore(change: number): void {
    this.#ignored += change;
    this.#restWords[this.#restIndex] = 0;
    this.update();
  }

  /** Takes hold if something is pending. */
  update(): void {
    if (this.#isHeld || !this.isWanted) return;
    if (this.#holder !== undefined && this.isPending) {
      this.#isHeld = true;
      this.#holder.ref();
    }
  }

  /** Lets go if nothing is pending any more. Returns whether it did. */
  sync(): boolean {
    if (!this.#isHeld || (this.isWanted && this.isPending)) return false;
    this.#isHeld = false;
    this.#holder?.unref();
    return true;
  }
}
