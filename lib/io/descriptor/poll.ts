import { checkNumber } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import type { SignalOptions } from '../file/file.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import { WatchedWait } from './watched-wait.js';

/** Bits of `EventLoop.poll`: what may be waited for, and what it resolves with. */
export const PollEvent = {
  readable: 0x1,
  /** Out-of-band data. */
  priority: 0x2,
  writable: 0x4,
  /** Always waited for and reported, like the next two. */
  error: 0x8,
  hangUp: 0x10,
  /** The other end has closed its half. */
  readHangUp: 0x2000,
  /** Never reported: a fd that is not open is the error EBADF. */
  invalid: 0x20,
} as const;

const MOST_EVENTS = 0xffff;
const EPERM = -1;
const EBADF = -9;
const EINVAL = -22;
const call: OperationCall = { syscall: 'poll' };

/**
 * Waits until something holds of an fd; see `EventLoop.poll`. The ring is not asked for priority: its poll does not hear of
 * out-of-band data, or takes ordinary data for it (io_poll_wake, IO_ASYNC_POLL_COMMON; seen on Linux 6.18).
 */
export async function poll(
  io: IoContext,
  fd: number,
  events: number,
  { signal }: SignalOptions,
): Promise<number> {
  checkNumber('fd', fd, 0, 2 ** 31 - 1, 0);
  checkNumber('events', events, 0, MOST_EVENTS, 0);
  const { ring } = io;
  if (ring !== undefined && !(events & PollEvent.priority))
    return ring.run(call, signal, undefined, Opcode.POLL_ADD, fd, 0, 0, 0, events);
  return new DescriptorWait(io, fd, events, signal).run();
}

/** A wait for an fd with the results of the ring's, which always waits for `readHangUp` too. */
class DescriptorWait extends WatchedWait<number> {
  readonly #fd: number;
  readonly #events: number;

  constructor(io: IoContext, fd: number, events: number, signal: AbortSignal | undefined) {
    super(io, 'loop.poll', signal);
    this.#fd = fd;
    this.#events = events | PollEvent.readHangUp;
  }

  protected look(events: number): number | undefined {
    if (events !== 0) return events;
    const found = this.native.system.pollNow(this.#fd, this.#events);
    if (found < 0) throw new UringError(found, call.syscall);
    if (found & PollEvent.invalid) throw new UringError(EBADF, call.syscall);
    return found === 0 ? undefined : found;
  }

  protected arm(): void {
    const refusal = this.watchDescriptor(this.#fd, this.#events);
    // What cannot be waited for, and is not ready for this, never will be.
    if (refusal === EPERM) throw new UringError(EINVAL, call.syscall);
    // Another epoll set that watches this one (ELOOP), or no fd is left for the copy.
    if (refusal < 0) this.watchClock();
  }
}
