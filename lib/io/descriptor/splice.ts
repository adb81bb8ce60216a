import { Opcode, UringError } from '../../ring/index.js';
import type { SignalOptions } from '../file/file.js';
import type { FileSystem } from '../file/file-system.js';
import { checkPosition, checkWhole } from '../file/range.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import { readBuffer } from '../read-buffer.js';

/** Options of `EventLoop.splice`. */
export interface SpliceOptions extends SignalOptions {
  /** Where to read, in bytes; null for pipes, and for the file's own position. Default null. */
  readonly fromPosition?: number | null | undefined;
  /** Where to write, in bytes; null likewise. Default null. */
  readonly toPosition?: number | null | undefined;
}

const call: OperationCall = { syscall: 'splice' };
/** Where there is no splice, a piece like this is read and written. */
const PIECE_BYTES = 65_536;
const EINVAL = -22;
const noOwner = { onOperationEnd: () => {} };

/** Moves bytes between two fds, one of them a pipe; see `EventLoop.splice`. */
export async function splice(
  io: IoContext,
  { calls }: FileSystem,
  fromFd: number,
  toFd: number,
  lengthBytes: number,
  { fromPosition, toPosition, signal }: SpliceOptions,
): Promise<number> {
  checkWhole('lengthBytes', lengthBytes);
  const from = checkPosition(fromPosition);
  const to = checkPosition(toPosition);
  const { ring } = io;
  if (ring?.has(Opcode.SPLICE)) {
    return ring.run(call, signal, undefined, Opcode.SPLICE, toFd, to, from, lengthBytes, 0, 0, fromFd);
  }
  try {
    const [source, target] = await Promise.all([calls.stat(fromFd, signal), calls.stat(toFd, signal)]);
    if (!source.isFIFO() && !target.isFIFO()) throw new UringError(EINVAL, call.syscall);
    const piece = readBuffer(Math.min(PIECE_BYTES, lengthBytes));
    const bytes = await calls.readSome(fromFd, piece, 0, piece.length, from, signal, noOwner);
    return await calls.write(toFd, piece, 0, bytes, to, signal, noOwner);
  } catch (error) {
    throw error instanceof UringError ? new UringError(error.errno, call.syscall) : error;
  }
}
