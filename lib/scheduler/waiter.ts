import { CpuFeature, type Native, WaitDescriptor, WaitEnd } from '../../ffi/index.js';
import { writeAddress } from '../ring/ring-memory.js';
import type { WakeLine } from '../wake/index.js';

/** A way to wait in user mode: Intel's UMWAIT, AMD's MWAITX, a bounded spin with PAUSE, or none of them. */
export type WaiterName = 'umwait' | 'mwaitx' | 'pause' | 'none';

/** A waiter, and why it is the one. */
export interface WaiterChoice {
  readonly name: WaiterName;
  readonly reason: string;
}

/**
 * The best waiter that CPUID announces. All of them need a time-stamp counter that neither stops nor changes its rate,
 * since their deadlines are in its ticks.
 */
export function chooseWaiter(features: number): WaiterChoice {
  if ((features & CpuFeature.invariantTsc) === 0)
    return { name: 'none', reason: 'the time-stamp counter is not invariant' };
  if (features & CpuFeature.umwait) return { name: 'umwait', reason: 'the CPU has WAITPKG' };
  if (features & CpuFeature.mwaitx) return { name: 'mwaitx', reason: 'the CPU has MONITORX' };
  return { name: 'pause', reason: 'the CPU has neither WAITPKG nor MONITORX' };
}

/** Whether the CPU has what a waiter needs. */
export function isWaiterAvailable(name: WaiterName, features: number): boolean {
  if (name === 'none') return true;
  if ((features & CpuFeature.invariantTsc) === 0) return false;
  return name === 'pause' || (features & CpuFeature[name]) !== 0;
}

/** Waits on a wake line with one of the CPU's waits. */
export class Waiter {
  readonly name: WaiterName;
  readonly #wait: ((descriptor: number, nanoseconds: number) => number) | undefined;
  readonly #descriptor = new Int32Array(new ArrayBuffer(WaitDescriptor.lengthBytes));
  readonly #address: number;
  readonly #line: WakeLine;

  constructor(native: Native, line: WakeLine, name: WaiterName) {
    this.name = name;
    this.#line = line;
    this.#wait = name === 'none' ? undefined : native.cpu[name];
    this.#address = native.memory.address(this.#descriptor);
    const descriptor = this.#descriptor;
    for (let i = 0; i < line.addresses.length; i++) {
      writeAddress(descriptor, WaitDescriptor.address + 2 * i, line.addresses[i]);
      descriptor[WaitDescriptor.mask + i] = -1;
    }
    // The tail comes first: its line is the one that is monitored. Of the flags, only those that ask for an enter count.
    descriptor[WaitDescriptor.mask + 2] = line.flagsMask;
    descriptor[WaitDescriptor.count] = line.addresses.length;
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
    return this.#wait(this.#address, nanoseconds) === WaitEnd.changed;
  }

  /** Wait instructions executed, and how many of them the operating system's limit cut short. */
  get instructions(): { waits: number; limited: number } {
    return {
      waits: this.#descriptor[WaitDescriptor.waits] >>> 0,
      limited: this.#descriptor[WaitDescriptor.limited] >>> 0,
    };
  }
}
