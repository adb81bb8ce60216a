import { constants } from 'node:fs';
import type { Native } from '../../../ffi/index.js';
import { UnavailableError } from '../../loop/index.js';
import { UringError } from '../../ring/index.js';
import type { Path } from './file-calls.js';
import { OpenHow } from './open-how-descriptor.js';
import { pathText } from './path.js';

/** asm-generic/fcntl.h; `node:fs` does not name them. */
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW } = constants;
const ENOENT = -2;
const EEXIST = -17;
const ENOSYS = -38;

/** What a path leads to: open by `fd`, for good if it was created, else as a place that can be opened (`O_PATH`). */
interface Found {
  readonly fd: number;
  readonly isCreated: boolean;
}

/**
 * Finds a file by openat2 without a ring, on this thread: so it opens nothing that could block, as a FIFO does. What is
 * there is only pinned.
 * @throws {UringError}
 * @throws {UnavailableError} before Linux 5.6
 */
export function findBound(
  native: Native,
  directoryFd: number,
  path: Path,
  flags: number,
  mode: number,
  resolve: number,
): Found {
  const open = (openFlags: number): number => openat2(native, directoryFd, path, openFlags, mode, resolve);
  for (;;) {
    if (!(flags & O_CREAT && flags & O_EXCL)) {
      const fd = open(O_PATH | (flags & (O_DIRECTORY | O_NOFOLLOW)));
      if (fd >= 0) return { fd, isCreated: false };
      if (fd !== ENOENT || !(flags & O_CREAT)) throw refusal(fd, path);
    }
    const fd = open(flags | O_EXCL);
    if (fd >= 0) return { fd, isCreated: true };
    // Somebody else has created it meanwhile.
    if (fd !== EEXIST || flags & O_EXCL) throw refusal(fd, path);
  }
}

function refusal(result: number, path: Path): Error {
  if (result === ENOSYS) return new UnavailableError('openat2', 'this kernel has no such call (5.6)');
  return new UringError(result, 'open', pathText(path));
}

function openat2(
  { descriptors, memory }: Native,
  directoryFd: number,
  path: Path,
  flags: number,
  mode: number,
  resolve: number,
): number {
  const bytes = Buffer.from(path);
  const request = Buffer.from(new ArrayBuffer(OpenHow.lengthBytes + bytes.length + 1));
  request.writeUInt32LE((flags | O_CLOEXEC) >>> 0, OpenHow.flags);
  request.writeUInt32LE(flags & O_CREAT ? mode : 0, OpenHow.mode);
  request.writeUInt32LE(resolve, OpenHow.resolve);
  bytes.copy(request, OpenHow.lengthBytes);
  const how = memory.address(request);
  return descriptors.openBound(directoryFd, how + OpenHow.lengthBytes, how, OpenHow.lengthBytes);
}

/** Flags to open what `findBound` has pinned. */
export function flagsToReopen(flags: number): number {
  return flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW);
}
