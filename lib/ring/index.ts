export { findWakeWord, type RingLayout, type WakeWordPlace } from './layout-probe.js';
export { type CompletionHandler, Operations } from './operations.js';
export { loadAcquire, storeRelease } from './ordering.js';
export { type CompletionSink, Ring } from './ring.js';
export { Opcode, SetupFlag, type SetupFlagName } from './ring-constants.js';
export type { RingMemory, RingMemoryKind } from './ring-memory.js';
export { RingUnavailableError, type SetUpOptions, setUpLadder, setUpRing } from './set-up.js';
export { UringError } from './uring-error.js';
