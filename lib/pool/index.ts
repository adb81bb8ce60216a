export type { AbortSignalAny } from './abort.js';
export { AbortError } from './errors.js';
export type { HistogramSummary, PoolHistogram } from './histogram.js';
export type { CloseOptions, PiscinaOptions, RunOptions } from './options.js';
export { Piscina } from './piscina.js';
export type { LoadBalancer, ThreadView } from './thread-view.js';
export { WorkerPool } from './worker-pool.js';
