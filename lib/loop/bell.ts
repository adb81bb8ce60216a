import type { Doorbell } from '../wake/index.js';
import { isAlive } from '../wake/index.js';
import { End, EndKind } from './channel-descriptor.js';
import { WakelineError } from './errors.js';
import type { LoopCore } from './loop-core.js';

/** How one end of a channel wakes the loop that holds the other. */
export class Bell {
  readonly #core: LoopCore;
  readonly #words: Int32Array;
  readonly #peer: number;
  #doorbell: Doorbell | undefined;

  /** @param peer index of the other end's words: a value of `EndPlace` */
  constructor(core: LoopCore, words: Int32Array, peer: number) {
    this.#core = core;
    this.#words = words;
    this.#peer = peer;
  }

  /** Wakes the other end's loop, if there is one yet. A loop that has ended shows up by `isPeerDead`. */
  ring(): void {
    if (this.#doorbell !== undefined) this.#doorbell.ring();
    else this.#ringFirst();
  }

  /**
   * Makes the doorbell of the other end's loop, if there is one already. Of all that ringing takes this alone creates an object
   * by koffi, which aborts the process in a thread that is being terminated.
   * @throws {WakelineError} when the loops of the two ends cannot wake each other
   */
  prepare(): void {
    const kind = Atomics.load(this.#words, this.#peer + End.kind);
    this.#assertSameFamily(kind);
    if (kind === EndKind.native) this.#makeDoorbell();
  }

  #makeDoorbell(): Doorbell {
    const words = this.#words;
    const generation = words[this.#peer + End.generation];
    this.#doorbell = this.#core.poster!.doorbell(words[this.#peer + End.slot], generation);
    return this.#doorbell;
  }

  #ringFirst(): void {
    const words = this.#words;
    const { unbound, native } = EndKind;
    // A full fence between the published message and this look: either we see the end bound, or whoever binds it sees
    // the message.
    const kind = Atomics.compareExchange(words, this.#peer + End.kind, unbound, unbound);
    if (kind === unbound) return;
    this.#assertSameFamily(kind);
    if (kind === native) this.#makeDoorbell().ring();
    else this.#notify();
  }

  #notify(): void {
    const words = this.#words;
    Atomics.add(words, this.#peer + End.bell, 1);
    if (Atomics.load(words, this.#peer + End.isWaiting) !== 0) Atomics.notify(words, this.#peer + End.bell);
  }

  #assertSameFamily(kind: number): void {
    if (kind === EndKind.unbound) return;
    const { poster, backend, reason } = this.#core;
    if ((kind === EndKind.native) !== (poster !== undefined)) {
      const theirs = kind === EndKind.native ? 'native (uring or epoll)' : "'portable'";
      throw new WakelineError(
        'ERR_WAKELINE_BACKEND_MISMATCH',
        `the thread at the other end of the channel has a ${theirs} backend, this one has '${backend}' (${reason}); ` +
          'both must be native or both portable',
      );
    }
    if (poster !== undefined && this.#words[this.#peer + End.registry] !== poster.registryMark) {
      throw new WakelineError(
        'ERR_WAKELINE_TWO_COPIES',
        'the thread at the other end of the channel uses another copy of this package; one process can use only one',
      );
    }
  }

  /** Whether the loop that held the other end has ended. */
  isPeerDead(): boolean {
    const words = this.#words;
    const poster = this.#core.poster;
    if (poster === undefined || Atomics.load(words, this.#peer + End.kind) !== EndKind.native) return false;
    return !isAlive(poster.registry, words[this.#peer + End.slot], words[this.#peer + End.generation]);
  }
}
