import type { PayloadName } from './pair-plan.js';

/** Which pool is measured. */
export type PoolPackage = 'piscina' | 'wakeline/piscina';

/** How Piscina's threads wait. */
export type AtomicsMode = 'sync' | 'async' | 'disabled';

/** What every measurement of a pool is told. */
export interface PoolPlan {
  readonly package: PoolPackage;
  readonly atomics: AtomicsMode;
  readonly threads: number;
}

/** Tasks one after the other, or many at a time. */
export interface PoolTasksPlan extends PoolPlan {
  /** Export of pool-tasks.ts. */
  readonly task: 'echo' | 'work';
  readonly payload: PayloadName;
  /** How many `run` calls are pending at a time. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What it prints. */
export interface PoolTasksResult {
  /** Per task, from one to the next. */
  readonly nanoseconds: number;
}

/** `run` again and again after a pause. */
export interface PoolPausePlan extends PoolPlan {
  readonly pauseMs: number;
  readonly runs: number;
}

/** What it prints: medians. */
export interface PoolPauseResult {
  /** From the call of `run` to the result. */
  readonly nanoseconds: number;
  /** CPU time of the process for a pause and a run. */
  readonly cpuNanoseconds: number;
}

/** What the file of a pool's handlers is: an ES module, which costs a thread Node's loader of them, or CommonJS. */
export type HandlerKind = 'module' | 'commonjs';

/** Threads with nothing to do. */
export interface PoolIdlePlan extends PoolPlan {
  readonly handlers: HandlerKind;
  readonly settleMs: number;
  readonly measureMs: number;
}

/** What it prints. */
export interface PoolIdleResult {
  readonly cpuMicroseconds: number;
  readonly elapsedMs: number;
  /** Resident memory that each thread added. */
  readonly bytesPerThread: number;
}
