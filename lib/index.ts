export { AbortError, EventLoop } from './io/index.js';
export {
  type BackendName,
  Channel,
  ChannelClosedError,
  type ChannelHandle,
  type ChannelOptions,
  type EventLoopOptions,
  type KernelWaitName,
  type LoopStats,
  type Receiver,
  type Sender,
  UnavailableError,
  WakelineError,
} from './loop/index.js';
export { WorkerPool } from './pool/index.js';
export { type CompletionHandler, UringError } from './ring/index.js';
export { type IdlePreset, type IdleSettings, idlePresets, type WaiterName } from './scheduler/index.js';
