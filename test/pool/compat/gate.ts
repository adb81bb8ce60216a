import { settled, until } from './recorder.js';

const OPEN = 0;
const ENTERED = 1;

/** What a task is given that waits at a gate. */
export type GateWords = Int32Array;

/** Tasks wait at it until the scenario lets them through, so that no step depends on time. */
export class Gate {
  readonly words: GateWords = new Int32Array(new SharedArrayBuffer(8));

  /** How many tasks have come to the gate. */
  get entered(): number {
    return Atomics.load(this.words, ENTERED);
  }

  /** Waits until so many tasks have come, and what was due on this thread is done. */
  async reached(count = 1): Promise<void> {
    await until(`${count} tasks are at the gate`, () => this.entered >= count);
    await settled();
  }

  /** The same, with this thread blocked. */
  reachedWhileBlocked(limitMs: number): boolean {
    return this.entered > 0 || Atomics.wait(this.words, ENTERED, 0, limitMs) !== 'timed-out';
  }

  open(): void {
    Atomics.store(this.words, OPEN, 1);
    Atomics.notify(this.words, OPEN);
  }
}

/** The task's side: says that it is there. */
export function enterGate(words: GateWords): void {
  Atomics.add(words, ENTERED, 1);
  Atomics.notify(words, ENTERED);
}

/** The task's side: enters and blocks the thread until the gate opens. */
export function waitAtGate(words: GateWords): void {
  enterGate(words);
  Atomics.wait(words, OPEN, 0);
}

/** The task's side: whether the gate is open. */
export function isOpen(words: GateWords): boolean {
  return Atomics.load(words, OPEN) === 1;
}
