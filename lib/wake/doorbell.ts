import type { Native } from '../../ffi/index.js';
import { loadAcquire, storeRelease } from '../ring/ordering.js';
import { CounterIndex, type Counters } from '../stats/index.js';
import { Fence, LoopState } from './loop-state.js';
import { readAddress, registryWords } from './registry.js';
import { Registry, Slot, slotBase } from './slot-descriptor.js';

/** Values that a poster stores: its slot above, a running number below, the top bit clear. */
const SEQUENCE_BITS = 21;
const SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1;

/** The calling thread as a poster: its own line in the registry, and its running number. */
export class Poster {
  readonly registry: Int32Array;
  readonly system: Native['system'];
  readonly counters: Counters;
  /** Tells this process's registries apart: the page number of this one. */
  readonly registryMark: number;
  /** Index of this thread's `ringing` word. */
  readonly ringingIndex: number;
  readonly #native: Native;
  readonly #tag: number;
  #sequence = 0;
  readonly #doorbells = new Map<number, Doorbell>();

  constructor(native: Native, slot: number, counters: Counters) {
    this.#native = native;
    this.registry = registryWords(native);
    this.registryMark = Math.floor(native.hooks.registryAddress / 4096) | 0;
    this.system = native.system;
    this.counters = counters;
    this.ringingIndex = slotBase(slot) + Slot.ringing;
    this.#tag = slot << SEQUENCE_BITS;
  }

  /**
   * A value that no poster has stored to any wake word recently: the tag tells posters apart, and a poster that has
   * come around stands behind more messages than a loop lets pass without a look.
   */
  freshValue(): number {
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    return this.#tag | this.#sequence;
  }

  /** The doorbell of a loop; one object a loop, shared by all channels to it. */
  doorbell(slot: number, generation: number): Doorbell {
    const known = this.#doorbells.get(slot);
    if (known?.generation === generation) return known;
    const doorbell = new Doorbell(this.#native, this, slot, generation);
    this.#doorbells.set(slot, doorbell);
    return doorbell;
  }
}

/**
 * Wakes one loop: nothing at all if it is busy; else store its wake word and, only if it sleeps in the kernel, write its
 * eventfd.
 */
export class Doorbell {
  readonly generation: number;
  readonly #poster: Poster;
  readonly #target: number;
  readonly #generationIndex: number;
  readonly #stateIndex: number;
  readonly #isFencedByOwner: boolean;
  readonly #words: Int32Array;
  readonly #wakeIndex: number;
  readonly #hasWakeWord: boolean;

  /** The loop must be alive, or be treated as dead by `ring` from the start. */
  constructor(native: Native, poster: Poster, slot: number, generation: number) {
    const base = slotBase(slot);
    const { registry } = poster;
    this.generation = generation;
    this.#poster = poster;
    this.#target = slot + 1;
    this.#generationIndex = base + Slot.generation;
    this.#stateIndex = base + Slot.state;
    const fence = registry[base + Slot.fence];
    this.#isFencedByOwner = fence === Fence.owner || fence === Fence.none;
    const address = readAddress(registry, base + Slot.wakeWordAddress);
    this.#hasWakeWord = address !== 0;
    const inRegistry =
      address >= native.hooks.registryAddress &&
      address < native.hooks.registryAddress + Registry.lengthBytes;
    if (address === 0 || inRegistry) {
      this.#words = registry;
      this.#wakeIndex = base + Slot.wakeWord;
    } else {
      this.#words = new Int32Array(native.memory.view(address, Int32Array.BYTES_PER_ELEMENT));
      this.#wakeIndex = 0;
    }
  }

  /**
   * Wakes the loop. Call it after the message is published.
   * @returns false when the loop has ended
   */
  ring(): boolean {
    const poster = this.#poster;
    const registry = poster.registry;
    // The loop looks at its queues by itself, and once more behind a fence of all threads before it stops doing so: that
    // fence comes after our message is published, or before this load, which then reads something else.
    if (loadAcquire(registry, this.#stateIndex) === LoopState.busy) {
      return registry[this.#generationIndex] === this.generation;
    }
    // Between these two stores the loop's memory stays: a loop that ends changes its generation, fences all threads,
    // and then waits for every poster that is still in here (wait_for_posters in wakeline.c).
    registry[poster.ringingIndex] = this.#target;
    const alive = registry[this.#generationIndex] === this.generation;
    if (alive) this.#wake(poster, registry);
    storeRelease(registry, poster.ringingIndex, 0);
    return alive;
  }

  /** Stores the wake word, and, if the loop sleeps after that, wakes it in the kernel. */
  #wake(poster: Poster, registry: Int32Array): void {
    if (this.#hasWakeWord) {
      const value = poster.freshValue();
      let state: number;
      if (this.#isFencedByOwner) {
        // The owner's membarrier, between its store of SLEEPING and its last look, orders these two for us. Release: nobody
        // sees the word before the message.
        storeRelease(this.#words, this.#wakeIndex, value);
        state = loadAcquire(registry, this.#stateIndex);
      } else {
        // Sequentially consistent, so a full fence: the state is loaded after the word is visible to its owner.
        Atomics.store(this.#words, this.#wakeIndex, value);
        state = Atomics.load(registry, this.#stateIndex);
      }
      if (state !== LoopState.sleeping) return;
      // Of several posters, the one that takes the state back wakes; the others need no system call.
      const { sleeping, running } = LoopState;
      if (Atomics.compareExchange(registry, this.#stateIndex, sleeping, running) !== sleeping) return;
    }
    poster.counters[CounterIndex.callsKernelWake]++;
    poster.system.kernelWake(this.#target - 1);
  }
}
