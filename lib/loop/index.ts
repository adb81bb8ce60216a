export { Channel, type ChannelHandle, type ChannelOptions } from './channel.js';
export { ChannelClosedError, UnavailableError, WakelineError } from './errors.js';
export type { KeepAlive } from './keep-alive.js';
export type { LoopCore } from './loop-core.js';
export type { BackendName, EventLoopOptions, KernelWaitName } from './options.js';
export type { Receiver } from './receiver.js';
export type { Sender } from './sender.js';
export { type LoopStats, ThreadLoop } from './thread-loop.js';
export * from './validate.js';
