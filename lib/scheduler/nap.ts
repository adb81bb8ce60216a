import { NapDescriptor, type Native, WaitDescriptor } from '../../ffi/index.js';
import type { Ring } from '../ring/index.js';
import { CounterIndex, type Counters, clockOffsetMs } from '../stats/index.js';
import { registryWords, Slot, slotBase, type WakeLine } from '../wake/index.js';
import type { Inflow } from './inflow.js';

/**
 * Sleeps that the hook makes by itself, in C, between one turn and the next: JavaScript only says that the loop is at rest, and
 * hears afterwards what came of it. Whoever then prepares an entry or lets go of the process (`Ring`, `KeepAlive`) takes that
 * back; whatever else could happen in between shows in libuv's time-out, which the hook looks at.
 *
 * Where libuv does the blocking, the loop stays at rest until its next turn, also while libuv's poll finds other things.
 */
export class Nap {
  /** The block that the hook reads and writes. */
  readonly address: number;
  /** Two words for the user data of the eventfd's watch in the ring. */
  readonly eventData: Int32Array;
  /** Whether the kernel wake was all that the last sleep's end brought to the ring; it has been taken off. */
  isMailOnly = false;
  /** When the last of the sleeps ended that `take` counted, of `nowMs()` ... */
  wokenMs = 0;
  /** ... how long it was, in milliseconds ... */
  sleptMs = 0;
  /** ... and the longest of them. */
  longestMs = 0;
  readonly #words = new Int32Array(new ArrayBuffer(NapDescriptor.lengthBytes));
  readonly #doubles = new Float64Array(this.#words.buffer);
  readonly #registry: Int32Array;
  readonly #atRest: number;
  readonly #line: WakeLine;
  readonly #ring: Ring | undefined;
  readonly #counters: Counters;
  readonly #inflow: Inflow;
  readonly #clockOffsetMs = clockOffsetMs();
  #sleeps = 0;
  #counted = 0;
  #enters = 0;
  #expired = 0;
  #heard = 0;

  constructor(
    native: Native,
    slot: number,
    line: WakeLine,
    ring: Ring | undefined,
    counters: Counters,
    inflow: Inflow,
  ) {
    this.address = native.memory.address(this.#words);
    this.eventData = this.#words.subarray(NapDescriptor.eventData, NapDescriptor.eventData + 2);
    this.#registry = registryWords(native);
    this.#atRest = slotBase(slot) + Slot.atRest;
    this.#line = line;
    this.#ring = ring;
    this.#counters = counters;
    this.#inflow = inflow;
    line.describe(this.#words.subarray(NapDescriptor.line));
  }

  /**
   * The loop is at rest: a turn has ended, and there is nothing to do.
   * @param seenDeaths the registry's count of ended loops that was looked at
   */
  allow(seenDeaths: number): void {
    const words = this.#words;
    words[NapDescriptor.line + WaitDescriptor.expected] = this.#ring === undefined ? 0 : this.#ring.reaped;
    words[NapDescriptor.line + WaitDescriptor.expected + 1] = this.#line.seen;
    words[NapDescriptor.seenDeaths] = seenDeaths;
    words[NapDescriptor.gatherUs] = 0;
    if (this.#inflow.isActive) this.#noteInflow();
    // Plain: the hook reads it on this thread.
    this.#registry[this.#atRest] = 1;
  }

  #noteInflow(): void {
    const completions = this.#inflow.completionsToAwait();
    if (completions <= 1) return;
    this.#words[NapDescriptor.gatherUs] = this.#inflow.gatherUs;
    this.#words[NapDescriptor.gatheredCompletions] = completions;
  }

  /**
   * The loop is no longer at rest. After a halt of the CPU all of this is cold: what only `stats` asks for is left to `count`.
   * @returns whether the hook has slept since the last call
   */
  take(): boolean {
    const words = this.#words;
    this.#registry[this.#atRest] = 0;
    const sleeps = words[NapDescriptor.sleeps];
    if (sleeps === this.#sleeps) return false;
    this.#sleeps = sleeps;
    words[NapDescriptor.isAsleep] = 0;
    const heard = words[NapDescriptor.heard];
    this.isMailOnly = heard !== this.#heard;
    if (this.isMailOnly) {
      this.#ring!.noteReaped((heard - this.#heard) >>> 0);
      this.#heard = heard;
    }
    const doubles = this.#doubles;
    this.wokenMs = doubles[NapDescriptor.wokenMs] - this.#clockOffsetMs;
    this.sleptMs = doubles[NapDescriptor.sleptMs];
    this.longestMs = doubles[NapDescriptor.longestMs];
    doubles[NapDescriptor.longestMs] = 0;
    return true;
  }

  /** Adds what the hook did to the counters that they do not show yet. */
  count(): void {
    const words = this.#words;
    const counters = this.#counters;
    const naps = (words[NapDescriptor.sleeps] - this.#counted) >>> 0;
    counters[CounterIndex.sleeps] += naps;
    counters[CounterIndex.naps] += naps;
    counters[CounterIndex.wakesLibuv] += (words[NapDescriptor.expired] - this.#expired) >>> 0;
    this.#counted = words[NapDescriptor.sleeps];
    this.#expired = words[NapDescriptor.expired];
    if (this.#ring === undefined) return;
    this.#ring.enters += (words[NapDescriptor.enters] - this.#enters) >>> 0;
    counters[CounterIndex.callsEnter] = this.#ring.enters;
    this.#enters = words[NapDescriptor.enters];
  }
}
