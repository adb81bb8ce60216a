import type { BufferRing } from './buffer-ring.js';
import type { CompletionHandler, Operations } from './operations.js';
import type { Ring } from './ring.js';
import { Opcode, SqeFlag } from './ring-constants.js';
import { Sqe } from './ring-descriptor.js';
import { writeAddress } from './ring-memory.js';
import { SocketConstant, SocketPriority } from './socket-constants.js';

const { MSG_NOSIGNAL, MSG_WAITALL, SOCK_CLOEXEC } = SocketConstant;
const FLAGS_SHIFT = 8;
const PRIORITY_SHIFT = 16;
const ACCEPT_MULTISHOT = Opcode.ACCEPT | (SocketPriority.ACCEPT_MULTISHOT << PRIORITY_SHIFT);
const RECEIVE_SELECTING = Opcode.RECV | (SqeFlag.BUFFER_SELECT << FLAGS_SHIFT);
const RECEIVE_MULTISHOT = RECEIVE_SELECTING | (SocketPriority.RECV_MULTISHOT << PRIORITY_SHIFT);
const RECEIVE_BUNDLES = RECEIVE_MULTISHOT | (SocketPriority.RECVSEND_BUNDLE << PRIORITY_SHIFT);
const MESSAGES_MULTISHOT =
  Opcode.RECVMSG | (SqeFlag.BUFFER_SELECT << FLAGS_SHIFT) | (SocketPriority.RECV_MULTISHOT << PRIORITY_SHIFT);
const SEND_ZERO_COPY = Opcode.SEND_ZC | (SocketPriority.SEND_ZC_REPORT_USAGE << PRIORITY_SHIFT);
/** A broken connection raises no signal; on a stream, the kernel itself goes on after a short send (5.19). */
const SEND_FLAGS = MSG_NOSIGNAL | MSG_WAITALL;

/** Accepts connections until it fails or is cancelled: each completion's result is a new fd, close-on-exec (5.19). */
export function acceptMultishot(operations: Operations, handler: CompletionHandler, fd: number): number {
  return operations.start(handler, undefined, ACCEPT_MULTISHOT, fd, 0, 0, 0, SOCK_CLOEXEC);
}

/**
 * Connects a socket.
 * @param address a `sockaddr` of `lengthBytes` in memory that `reference` keeps alive
 */
export function connectSocket(
  operations: Operations,
  handler: CompletionHandler,
  reference: unknown,
  fd: number,
  address: number,
  lengthBytes: number,
): number {
  return operations.start(handler, reference, Opcode.CONNECT, fd, lengthBytes, address, 0, 0);
}

/**
 * Receives into buffers that the kernel chooses, until the end, an error (`-ENOBUFS` when it has none left) or a
 * cancellation; each completion names its buffer (6.0).
 * @param inBundles lets one completion fill several buffers in a row (6.10)
 */
export function receiveMultishot(
  operations: Operations,
  handler: CompletionHandler,
  buffers: BufferRing,
  fd: number,
  inBundles: boolean,
): number {
  const opcode = inBundles ? RECEIVE_BUNDLES : RECEIVE_MULTISHOT;
  return operations.start(handler, buffers, opcode, fd, 0, 0, 0, 0, buffers.group);
}

/** Sends from memory that `reference` keeps alive, all of it unless there is an error. */
export function sendBytes(
  operations: Operations,
  handler: CompletionHandler,
  reference: unknown,
  fd: number,
  address: number,
  lengthBytes: number,
): number {
  return operations.start(handler, reference, Opcode.SEND, fd, 0, address, lengthBytes, SEND_FLAGS);
}

/**
 * Sends without copying, where the network device can (6.0). Completes with the result, with `MORE` set, and once again
 * with `NOTIF` when the memory is no longer used; the notification says whether it was copied after all.
 */
export function sendZeroCopy(
  operations: Operations,
  handler: CompletionHandler,
  reference: unknown,
  fd: number,
  address: number,
  lengthBytes: number,
): number {
  return operations.start(handler, reference, SEND_ZERO_COPY, fd, 0, address, lengthBytes, SEND_FLAGS);
}

/** Sends one datagram that a `struct msghdr` describes, in memory that `reference` keeps alive. */
export function sendMessage(
  operations: Operations,
  handler: CompletionHandler,
  reference: unknown,
  fd: number,
  address: number,
): number {
  return operations.start(handler, reference, Opcode.SENDMSG, fd, 0, address, 1, MSG_NOSIGNAL);
}

/**
 * Turns a send that `sendBytes` has prepared, and that the kernel has not been given yet, into one of a `struct msghdr`.
 * @param entry `Ring.lastEntry` when it was prepared
 * @param address of the structure; it and all that it points to must stay until the completion
 */
export function sendMessageInstead(ring: Ring, entry: number, address: number): void {
  const { entries } = ring;
  entries[entry + Sqe.opcodeFlagsPriority] = Opcode.SENDMSG;
  writeAddress(entries, entry + Sqe.address, address);
  entries[entry + Sqe.length] = 1;
}

/**
 * Receives datagrams into buffers that the kernel chooses, as of `receiveMultishot` (6.0). A `struct msghdr`, in memory
 * that `reference` keeps alive, says how much room each buffer has for the sender's address.
 */
export function receiveMessages(
  operations: Operations,
  handler: CompletionHandler,
  reference: unknown,
  fd: number,
  address: number,
  buffers: BufferRing,
): number {
  return operations.start(handler, reference, MESSAGES_MULTISHOT, fd, 0, address, 1, 0, buffers.group);
}
