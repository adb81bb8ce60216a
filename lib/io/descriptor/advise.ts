import { fstat } from 'node:fs';
import { checkOneOf } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import { throwIfAborted } from '../abort.js';
import type { SignalOptions } from '../file/file.js';
import { checkWhole } from '../file/range.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';

/** `POSIX_FADV_*` of linux/fadvise.h. */
const advices = { normal: 0, random: 1, sequential: 2, willNeed: 3, dontNeed: 4, noReuse: 5 } as const;

/** How a range of a file will be used. */
export type Advice = keyof typeof advices;

/** Options of `EventLoop.fadvise`. */
export interface AdviseOptions extends SignalOptions {
  /** Where the range begins, in bytes. Default 0. */
  readonly position?: number | undefined;
  /** How long it is, in bytes; 0 is to the end. Default 0. */
  readonly length?: number | undefined;
}

const EBADF = -9;
const ESPIPE = -29;
const call: OperationCall = { syscall: 'fadvise' };

/** Tells the kernel how a file will be used; see `EventLoop.fadvise`. */
export async function advise(
  io: IoContext,
  fd: number,
  advice: Advice,
  { position = 0, length = 0, signal }: AdviseOptions,
): Promise<void> {
  const number = advices[checkOneOf('advice', advice, Object.keys(advices) as Advice[], 'normal')];
  checkWhole('position', position);
  checkWhole('length', length);
  const { ring } = io;
  if (ring?.has(Opcode.FADVISE)) {
    await ring.run(call, signal, undefined, Opcode.FADVISE, fd, position, 0, length, number);
    return;
  }
  io.assertOpen();
  throwIfAborted(signal);
  const result = io.native?.descriptors.advise(fd, position, length, number) ?? (await lookAt(fd));
  if (result < 0) throw new UringError(result, call.syscall);
}

/** Without native code the kernel is not told, which is all that advice may come to; what takes none is an error. */
function lookAt(fd: number): Promise<number> {
  return new Promise((resolve) => {
    fstat(fd, (error, stats) =>
      resolve(error !== null ? (error.errno ?? EBADF) : stats.isFIFO() ? ESPIPE : 0),
    );
  });
}
