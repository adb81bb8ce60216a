import type { EventLoopOptions } from 'wakeline';

/** What two threads do with each other. */
export type PairTask = 'round-trip' | 'one-way';

/** What they send. */
export type PayloadName = 'integer' | 'object' | 'bytes';

/** A measurement between the main thread of a process and one worker. */
export interface PairPlan {
  readonly task: PairTask;
  readonly payload: PayloadName;
  /** For Wakeline: options of both loops. */
  readonly options?: EventLoopOptions;
  /** For a one-way measurement: messages between two acknowledgements. */
  readonly batch?: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What such a process prints: the median of its samples. */
export interface PairResult {
  /** Nanoseconds a message or round trip. */
  readonly nanoseconds: number;
}
