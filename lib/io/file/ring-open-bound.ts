import { constants } from 'node:fs';
import { Opcode } from '../../ring/index.js';
import type { PromisedOperations } from '../promised-operations.js';
import type { Path } from './file-calls.js';
import { OpenHow } from './open-how-descriptor.js';
import { pathText, placePath } from './path.js';

/** asm-generic/fcntl.h; `node:fs` does not name it. */
export const O_CLOEXEC = 0o2000000;

/** Opens a file by openat2; parameters as for `FileCalls.openBound`. */
export function openBound(
  ring: PromisedOperations,
  directoryFd: number,
  path: Path,
  flags: number,
  mode: number,
  resolve: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const operation = ring.take();
  const { scratch, scratchAddress: how } = operation;
  const address = placePath(ring, operation, path, 1);
  scratch.fill(0, 0, OpenHow.lengthBytes);
  scratch.writeUInt32LE((flags | O_CLOEXEC) >>> 0, OpenHow.flags);
  // The kernel refuses a mode where nothing is created.
  scratch.writeUInt32LE(flags & constants.O_CREAT ? mode : 0, OpenHow.mode);
  scratch.writeUInt32LE(resolve, OpenHow.resolve);
  const call = { syscall: 'open', path: pathText(path) };
  return operation.run(
    call,
    signal,
    undefined,
    Opcode.OPENAT2,
    directoryFd,
    how,
    address,
    OpenHow.lengthBytes,
    0,
    0,
    0,
  );
}
