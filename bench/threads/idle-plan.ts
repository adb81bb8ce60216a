import type { ChannelHandle } from 'wakeline';

/** A measurement of what idle threads use. */
export interface IdlePlan {
  /** Whether the threads have loops of ours, or are plain workers. */
  readonly isAttached: boolean;
  readonly workers: number;
  readonly settleMs: number;
  readonly measureMs: number;
}

/** What the process prints. */
export interface IdleResult {
  readonly cpuMicroseconds: number;
  readonly elapsedMs: number;
}

/** What each worker is given; nothing when it is a plain one. */
export interface IdleWorkerData {
  readonly inbox: ChannelHandle<'receiver'> | undefined;
}
