import { type HistogramSummary, summarize } from './histogram.js';
import type { PoolThread } from './pool-thread.js';
import type { TaskView } from './task.js';

/** Key under which a thread's view holds the thread. */
export const kThread: unique symbol = Symbol('Piscina.kWorkerData');

/** A thread as load balancers and the events `workerCreate` and `workerDestroy` see it. */
export interface ThreadView {
  /** The Worker's `threadId`. */
  readonly id: number;
  /** Tasks that it has; Infinity while one that can be aborted runs there, alone. */
  readonly currentUsage: number;
  readonly isRunningAbortableTask: boolean;
  /** With `workerHistogram`: its tasks' times, as measured in the thread. */
  readonly histogram: HistogramSummary | null;
  readonly terminating: boolean;
  readonly destroyed: boolean;
  readonly [kThread]: PoolThread;
}

/** Chooses the thread that gets a task; null or undefined: none now. */
export type LoadBalancer = (task: TaskView, workers: ThreadView[]) => ThreadView | null | undefined;

/** The view of a thread; it shows the thread as it is whenever it is read. */
export function viewOf(thread: PoolThread): ThreadView {
  return {
    get id() {
      return thread.worker.threadId;
    },
    get currentUsage() {
      return thread.currentUsage;
    },
    get isRunningAbortableTask() {
      return thread.isRunningAbortableTask;
    },
    get histogram() {
      return thread.histogram === null ? null : summarize(thread.histogram);
    },
    get terminating() {
      return thread.terminating;
    },
    get destroyed() {
      return thread.destroyed;
    },
    [kThread]: thread,
  };
}
