export { Channel, type ChannelHandle, type ChannelOptions } from './channel.js';
export { ChannelClosedError, UnavailableError, WakelineError } from './errors.js';
export { EventLoop, type LoopStats } from './event-loop.js';
export type { BackendName, EventLoopOptions, KernelWaitName } from './options.js';
export type { Receiver } from './receiver.js';
export type { Sender } from './sender.js';
