import { checkNumber, UnavailableError } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import type { SignalOptions } from '../file/file.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import { repeatedly } from './repeatedly.js';

/** Bits of `EventLoop.poll`: what may be waited for, and what it resolves with. */
export const PollEvent = {
  readable: 0x1,
  /** Out-of-band data. */
  priority: 0x2,
  writable: 0x4,
  /** Always reported, like the next two. */
  error: 0x8,
  hangUp: 0x10,
  /** No such fd is open. */
  invalid: 0x20,
  /** The other end has closed its half. */
  readHangUp: 0x2000,
} as const;

const MOST_EVENTS = 0xffff;
const EBADF = -9;
const call: OperationCall = { syscall: 'poll' };

/** Waits until something holds of an fd; see `EventLoop.poll`. */
export async function poll(
  io: IoContext,
  fd: number,
  events: number,
  { signal }: SignalOptions,
): Promise<number> {
  checkNumber('fd', fd, 0, 2 ** 31 - 1, 0);
  checkNumber('events', events, 0, MOST_EVENTS, 0);
  const { ring } = io;
  if (ring !== undefined) return ring.run(call, signal, undefined, Opcode.POLL_ADD, fd, 0, 0, 0, events);
  const native = io.native;
  if (native === undefined) throw new UnavailableError('loop.poll', 'it needs native code');
  return repeatedly(io, signal, () => {
    const found = native.system.pollNow(fd, events);
    if (found < 0) throw new UringError(found, call.syscall);
    if (found & PollEvent.invalid) throw new UringError(EBADF, call.syscall);
    return found === 0 ? undefined : found;
  });
}
