export { Doorbell, Poster } from './doorbell.js';
export { chooseFence, Fence, type FenceName, LoopState } from './loop-state.js';
export { isAlive, registryWords } from './registry.js';
export { Hold, Registry, Slot, slotBase } from './slot-descriptor.js';
export { WakeLine } from './wake-line.js';
