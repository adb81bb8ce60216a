export * from './loop/index.js';
export { WorkerPool } from './pool/index.js';
export { type CompletionHandler, UringError } from './ring/index.js';
export { type IdlePreset, type IdleSettings, idlePresets, type WaiterName } from './scheduler/index.js';
