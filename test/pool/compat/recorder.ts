import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, Wrong } from './subject.js';

/** Every event of a pool. */
export const eventNames = [
  'drain',
  'needsDrain',
  'message',
  'error',
  'workerCreate',
  'workerDestroy',
  'close',
] as const;

/** What a user can tell of an error, or of whatever else was thrown. */
export function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return { thrown };
  const { name, message, cause } = thrown;
  return {
    class: thrown.constructor.name,
    name,
    message,
    code: (thrown as NodeJS.ErrnoException).code,
    cause: cause instanceof Error ? describeError(cause) : cause,
    hasCause: Object.hasOwn(thrown, 'cause'),
    text: String(thrown),
    hasStack: typeof thrown.stack === 'string' && thrown.stack.includes(message),
  };
}

/** Which way a call ended: it returned, threw, resolved or rejected. */
export async function outcomeOf(call: () => unknown): Promise<unknown> {
  let returned: unknown;
  try {
    returned = call();
  } catch (error) {
    return { threw: describeError(error) };
  }
  if (!(returned instanceof Promise)) return { returned };
  return returned.then(
    (resolved: unknown) => ({ resolved }),
    (error: unknown) => ({ rejected: describeError(error) }),
  );
}

/** What balancers and events are told of a thread; which id it has, and what it measured, is chance. */
export function describeWorker(worker: object): unknown {
  const { id, currentUsage, isRunningAbortableTask, histogram, terminating, destroyed } = worker as Wrong;
  const seen = { currentUsage, isRunningAbortableTask, terminating, destroyed };
  return { keys: Object.keys(worker).sort(), id: typeof id, hasHistogram: histogram !== null, ...seen };
}

/** What a pool's properties say at this moment. */
export function snapshot(pool: Pool): Record<string, unknown> {
  const { queueSize, completed, needsDrain, idleThreads, threads } = pool;
  return { queueSize, completed, needsDrain, idleThreads, threads: threads.length };
}

/** The course of a scenario: everything that it noted, in order. */
export class Recorder {
  readonly trace: unknown[] = [];

  note(...entry: readonly unknown[]): void {
    this.trace.push(entry.length === 1 ? entry[0] : entry);
  }

  /** Notes every event of a pool from now on, those in `but` excepted. */
  watch(pool: Pool, ...but: readonly string[]): Pool {
    for (const name of eventNames) {
      if (but.includes(name)) continue;
      pool.on(name, (value?: unknown) => {
        if (name === 'error') this.note('event', name, describeError(value));
        else if (name === 'message') this.note('event', name, value);
        else this.note('event', name);
      });
    }
    return pool;
  }

  /** Notes how a promise ends; the promise returned never rejects. */
  settle(name: string, promise: Promise<unknown>): Promise<void> {
    return promise.then(
      (value) => this.note(name, 'resolved', value),
      (error) => this.note(name, 'rejected', describeError(error)),
    );
  }

  /** Notes a pool's properties. */
  look(label: string, pool: Pool): void {
    this.note(label, snapshot(pool));
  }
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
  for (const endMs = performance.now() + limitMs; !holds(); ) {
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms until ${what}`);
    await sleep(1);
  }
}

/** Lets every microtask run that is due, and those that they make, but no message of a thread's come in between. */
export function ticked(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Lets every microtask run that is due, and those that they make. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
