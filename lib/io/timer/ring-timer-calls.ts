import type { KeepAlive } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import type { OperationCall, OperationOwner } from '../promised-operation.js';
import type { PromisedOperations } from '../promised-operations.js';
import { monotonicMs } from './clocks.js';
import type { TimerCalls } from './timer-calls.js';
import { TimeoutFlag, Timespec } from './timespec-descriptor.js';

const ETIME = -62;
const NS_PER_MS = 1e6;
const MS_PER_SECOND = 1000;
const call: OperationCall = { syscall: 'io_uring_timeout' };
const nothing = (): undefined => undefined;

/** Times on the ring: the kernel's own timers, with its precision. */
export class RingTimerCalls implements TimerCalls {
  readonly #ring: PromisedOperations;
  readonly #keepAlive: KeepAlive;
  readonly #letsGo: OperationOwner;
  /** Until the kernel says that it cannot (before 5.15). */
  #hasRealTime = true;

  constructor(ring: PromisedOperations, keepAlive: KeepAlive) {
    this.#ring = ring;
    this.#keepAlive = keepAlive;
    this.#letsGo = { onOperationEnd: () => keepAlive.ignore(-1) };
  }

  untilMonotonic(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    return this.#until(atMs, TimeoutFlag.ABSOLUTE, signal, holds);
  }

  async untilWallClock(atMs: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    if (this.#hasRealTime) {
      try {
        return await this.#until(atMs, TimeoutFlag.ABSOLUTE | TimeoutFlag.REALTIME, signal, holds);
      } catch (error) {
        if (!(error instanceof UringError) || error.code !== 'EINVAL') throw error;
        this.#hasRealTime = false;
      }
    }
    return this.untilMonotonic(monotonicMs() + atMs - Date.now(), signal, holds);
  }

  #until(atMs: number, flags: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> {
    const operation = this.#ring.take();
    const { scratch, scratchAddress } = operation;
    const seconds = Math.max(0, Math.floor(atMs / MS_PER_SECOND));
    const nanoseconds = Math.max(0, Math.ceil((atMs - seconds * MS_PER_SECOND) * NS_PER_MS));
    // Rounding up may make a second of it.
    const carry = nanoseconds >= MS_PER_SECOND * NS_PER_MS ? 1 : 0;
    writeWhole(scratch, Timespec.seconds, seconds + carry);
    writeWhole(scratch, Timespec.nanoseconds, nanoseconds - carry * MS_PER_SECOND * NS_PER_MS);
    operation.goodError = ETIME;
    operation.finish = nothing;
    if (!holds) {
      operation.owner = this.#letsGo;
      this.#keepAlive.ignore(1);
    }
    return operation.run(call, signal, undefined, Opcode.TIMEOUT, -1, 0, scratchAddress, 1, flags, 0, 0);
  }
}

/** Writes a whole number ≥ 0 as 64 bits. */
function writeWhole(bytes: Buffer, start: number, value: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, start);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), start + 4);
}
