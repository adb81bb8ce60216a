// What `import … from 'wakeline/piscina'` gives: the exports of the package piscina, by the same names. `require` gives
// the class itself, by the export 'module.exports', in a Node that can require ES modules (20.19, 22.12 and later).
import type { ArrayTaskQueue as ArrayQueue, FixedQueue as Fixed } from 'piscina';
import { Piscina } from './piscina.js';
import { type AnyValue, hostPiscina } from './piscina-module.js';

export type { PiscinaTask, TaskQueue } from 'piscina';
export { queueOptionsSymbol, transferableSymbol, valueSymbol } from './movable.js';
export { Piscina, Piscina as default, Piscina as 'module.exports' };

/** Piscina's first-in-first-out queue, the default. */
export const FixedQueue: typeof Fixed = hostPiscina().FixedQueue;
/** Piscina's queue in an array. */
export const ArrayTaskQueue: typeof ArrayQueue = hostPiscina().ArrayTaskQueue;
/** The version of Piscina whose API this is. */
export const version: string = Piscina.version;
/** Marks a value, so that a task or a result that it is gets moved instead of cloned. */
export const move: typeof Piscina.move = Piscina.move;
/** Whether this code runs in a thread of a pool. */
export const isWorkerThread: boolean = Piscina.isWorkerThread;
/** In a thread of a pool: the pool's `workerData`. */
export const workerData: AnyValue = Piscina.workerData;
