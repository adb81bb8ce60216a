import { CpuFeature, type Native, WaitDescriptor, WaitEnd } from '../../ffi/index.js';
import { CounterIndex, type Counters, createCounters } from '../stats/index.js';
import type { WakeLine } from '../wake/index.js';

/** A way to wait in user mode: Intel's UMWAIT, AMD's MWAITX, Arm's WFE, a bounded spin with PAUSE, or none of them. */
export type WaiterName = 'umwait' | 'mwaitx' | 'wfe' | 'pause' | 'none';

/** A waiter, and why it is the one. */
export interface WaiterChoice {
  readonly name: WaiterName;
  readonly reason: string;
}

const NOT_INVARIANT = 'the time-stamp counter is not invariant';

/** The wait instructions, best first: what announces each, and the feature bit that says that it faulted all the same. */
const instructions = [
  { name: 'umwait', announcedBy: 'WAITPKG', faults: CpuFeature.umwaitFaults },
  { name: 'mwaitx', announcedBy: 'MONITORX', faults: CpuFeature.mwaitxFaults },
  { name: 'wfe', announcedBy: 'WFE with a bound (WFET, or the event stream)', faults: 0 },
] as const;

function faultOf({ name, announcedBy }: (typeof instructions)[number]): string {
  return `the CPU announces ${announcedBy}, but ${name.toUpperCase()} faulted when it was tried`;
}

/**
 * The best waiter that the CPU announces, and that did not fault when it was tried. All of them need a time-stamp counter
 * that neither stops nor changes its rate, since their deadlines are in its ticks.
 */
export function chooseWaiter(features: number): WaiterChoice {
  if ((features & CpuFeature.invariantTsc) === 0) return { name: 'none', reason: NOT_INVARIANT };
  const faults = instructions.filter((instruction) => (features & instruction.faults) !== 0).map(faultOf);
  const usable = instructions.find(({ name }) => (features & CpuFeature[name]) !== 0);
  if (usable !== undefined)
    return { name: usable.name, reason: [...faults, `the CPU has ${usable.announcedBy}`].join('; ') };
  const names = instructions.map(({ announcedBy }) => announcedBy);
  const lacks = process.arch === 'arm64' ? `no ${names[2]}` : `neither ${names[0]} nor ${names[1]}`;
  return { name: 'pause', reason: faults.join('; ') || `the CPU has ${lacks}` };
}

/** Why a waiter cannot be had on a CPU with these features, in words; undefined: it can. */
export function whyNoWaiter(name: WaiterName, features: number): string | undefined {
  if (name === 'none') return undefined;
  if ((features & CpuFeature.invariantTsc) === 0) return NOT_INVARIANT;
  if (name === 'pause' || (features & CpuFeature[name]) !== 0) return undefined;
  const instruction = instructions.find((candidate) => candidate.name === name);
  if (instruction === undefined || (features & instruction.faults) === 0)
    return `the CPU (CPUID, or hwcaps) does not announce it`;
  return faultOf(instruction);
}

/** Whether the CPU has what a waiter needs. */
export function isWaiterAvailable(name: WaiterName, features: number): boolean {
  return whyNoWaiter(name, features) === undefined;
}

/** Waits on a wake line with one of the CPU's waits. */
export class Waiter {
  readonly name: WaiterName;
  readonly #wait: ((descriptor: number, nanoseconds: number) => number) | undefined;
  readonly #descriptor = new Int32Array(new ArrayBuffer(WaitDescriptor.lengthBytes));
  readonly #address: number;
  readonly #line: WakeLine;
  readonly #counters: Counters;

  /** @param counters where the wait instructions are counted */
  constructor(native: Native, line: WakeLine, name: WaiterName, counters: Counters = createCounters()) {
    this.name = name;
    this.#line = line;
    this.#counters = counters;
    this.#wait = name === 'none' ? undefined : native.cpu[name];
    this.#address = native.memory.address(this.#descriptor);
    line.describe(this.#descriptor);
    if (this.#wait !== undefined) native.cpu.ticksPerSecond();
  }

  /**
   * Waits until the line changes.
   * @param tail the completion tail that is no news
   * @returns whether it changed; false: the time is over, or there is no waiter
   */
  wait(tail: number, nanoseconds: number): boolean {
    if (this.#wait === undefined) return false;
    const descriptor = this.#descriptor;
    descriptor[WaitDescriptor.expected] = tail;
    descriptor[WaitDescriptor.expected + 1] = this.#line.hasWakeWord ? this.#line.seen : tail;
    const waitsBefore = descriptor[WaitDescriptor.waits];
    const limitedBefore = descriptor[WaitDescriptor.limited];
    const end = this.#wait(this.#address, nanoseconds);
    const counters = this.#counters;
    counters[CounterIndex.waitInstructions] += (descriptor[WaitDescriptor.waits] - waitsBefore) >>> 0;
    counters[CounterIndex.waitsLimited] += (descriptor[WaitDescriptor.limited] - limitedBefore) >>> 0;
    return end === WaitEnd.changed;
  }

  /** Wait instructions executed, and how many of them the operating system's limit cut short. */
  get instructions(): { waits: number; limited: number } {
    return {
      waits: this.#descriptor[WaitDescriptor.waits] >>> 0,
      limited: this.#descriptor[WaitDescriptor.limited] >>> 0,
    };
  }
}
