import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import type { StressData } from './stress-plan.js';

const { begun } = workerData as StressData;

function begin(id: number): void {
  Atomics.add(begun, id, 1);
}

/** The smallest task. */
export function number(id: number): number {
  begin(id);
  return id;
}

/** A task that is cloned. */
export function object(task: { readonly id: number }): unknown {
  begin(task.id);
  return task;
}

/** Bytes, of which the first four are the task's number. */
export function bytes(task: Uint8Array): Uint8Array {
  begin(new DataView(task.buffer, task.byteOffset).getUint32(0));
  return task;
}

/** A task that takes its time. */
export async function rest({ id, milliseconds }: { id: number; milliseconds: number }): Promise<number> {
  begin(id);
  await sleep(milliseconds);
  return id;
}

/** A task that throws. */
export function fail(id: number): never {
  begin(id);
  throw Object.assign(new RangeError(`task ${id} fails`), { id });
}

/** A task whose thread dies of an exception. */
export function crash(id: number): Promise<never> {
  begin(id);
  setImmediate(() => {
    throw new Error(`task ${id} crashes`);
  });
  return new Promise(() => {});
}

/** A task that ends its thread. */
export function exit(id: number): never {
  begin(id);
  process.exit(3);
}

/** A task that waits for ever. */
export function wait(id: number): Promise<never> {
  begin(id);
  return new Promise(() => {});
}

/** A task that never lets go of its thread. */
export function spin(id: number): never {
  begin(id);
  for (;;);
}
