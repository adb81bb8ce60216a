export { BufferRing, type BufferRingOptions } from './buffer-ring.js';
export { findWakeWord, type WakeWordPlace } from './layout-probe.js';
export { reserveLink } from './link.js';
export { probeOpcodes } from './opcode-probe.js';
export {
  type CompletionHandler,
  ignoredHandler,
  Operations,
  shiftedSqeFlags,
} from './operations.js';
export { loadAcquire, storeRelease } from './ordering.js';
export { type CompletionSink, Ring } from './ring.js';
export {
  CqeFlag,
  Opcode,
  type OpcodeName,
  REGISTER_BUFFERS,
  SetupFlag,
  type SetupFlagName,
  SqeFlag,
} from './ring-constants.js';
export type { RingLayout } from './ring-layout.js';
export { type RingMemory, type RingMemoryKind, writeAddress } from './ring-memory.js';
export { RingUnavailableError, type SetUpOptions, setUpLadder, setUpRing } from './set-up.js';
export { NOTIF_USAGE_ZC_COPIED, SocketConstant } from './socket-constants.js';
export {
  acceptMultishot,
  connectSocket,
  receiveMessages,
  receiveMultishot,
  sendBytes,
  sendMessage,
  sendMessageInstead,
  sendZeroCopy,
} from './socket-operations.js';
export { UringError } from './uring-error.js';
