import type { ChannelHandle, EventLoopOptions } from 'wakeline';

/** Where a loop is when a message finds it. */
export type LoopStage = 'awake' | 'spin' | 'umwait' | 'kernel';

/** A measurement of the system calls that a poster makes. */
export interface PostingPlan {
  readonly stage: LoopStage;
  /** Options of the loop that is posted to; its idle times hold it in the stage. */
  readonly options: EventLoopOptions;
  readonly messages: number;
}

/** What the process prints. */
export interface PostingResult {
  /** Messages that found the loop in the stage ... */
  readonly messages: number;
  /** ... and the system calls that the poster made for them. */
  readonly calls: number;
}

/** What the worker is given. `wakes` holds its counts by stage, in the order of `loopStages`, then a sequence number. */
export interface PostingWorkerData {
  readonly plan: PostingPlan;
  readonly inbox: ChannelHandle<'receiver', number>;
  readonly wakes: Int32Array;
}

/** Names of the counts of wakes, in order. */
export const loopStages: readonly LoopStage[] = ['awake', 'spin', 'umwait', 'kernel'];
