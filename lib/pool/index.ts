export type { AbortSignalAny } from './abort.js';
export { AbortError, TaskTimeoutError } from './errors.js';
export type { HistogramSummary, PoolHistogram } from './histogram.js';
export type { CloseOptions, PiscinaOptions, RunOptions, WorkerRunOptions } from './options.js';
export { Piscina } from './piscina.js';
export type { TaskContext } from './task-context.js';
export type { LoadBalancer, ThreadView } from './thread-view.js';
export { type Occupancy, type StreamOptions, WorkerPool } from './worker-pool.js';
export type { WorkerPoolOptions } from './worker-pool-options.js';
