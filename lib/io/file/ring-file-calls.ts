import { Opcode } from '../../ring/index.js';
import type { OperationCall, OperationOwner, PromisedOperation } from '../promised-operation.js';
import type { PromisedOperations } from '../promised-operations.js';
import type { Bytes, FileCalls, Path, StatTarget } from './file-calls.js';
import type { BigIntFileStats, FileStats } from './file-stats.js';
import { pathText, placePath } from './path.js';
import { O_CLOEXEC, openBound } from './ring-open-bound.js';
import { transferVectors } from './ring-vectors.js';
import { bigIntStatsOf, statsOf } from './statx.js';
import { AtFlag, STATX_MASK } from './statx-descriptor.js';

type Signal = AbortSignal | undefined;

const AT_FDCWD = -100;
/** `IORING_FSYNC_DATASYNC`. */
const FSYNC_DATASYNC = 1;

const readCall: OperationCall = { syscall: 'read' };
const writeCall: OperationCall = { syscall: 'write' };
const closeCall: OperationCall = { syscall: 'close' };
const fstatCall: OperationCall = { syscall: 'fstat' };
const fsyncCall: OperationCall = { syscall: 'fsync' };
const fdatasyncCall: OperationCall = { syscall: 'fdatasync' };
const ftruncateCall: OperationCall = { syscall: 'ftruncate' };
const fallocateCall: OperationCall = { syscall: 'fallocate' };

const nothing = (): undefined => undefined;
const stats = (_result: number, operation: PromisedOperation): FileStats => statsOf(operation.scratch);
const bigIntStats = (_result: number, operation: PromisedOperation): BigIntFileStats =>
  bigIntStatsOf(operation.scratch);

/** Without these (Linux 5.6), nothing of a file goes through the ring. */
export const neededOpcodes = [
  Opcode.OPENAT,
  Opcode.CLOSE,
  Opcode.READ,
  Opcode.WRITE,
  Opcode.STATX,
  Opcode.FALLOCATE,
] as const;

/** The system calls for files on the ring: what is asked for within a turn goes to the kernel by one call. */
export class RingFileCalls implements FileCalls {
  readonly #ring: PromisedOperations;
  /** For what this kernel's ring lacks. */
  readonly #node: FileCalls;

  /** @param ring whose kernel has at least `neededOpcodes` */
  constructor(ring: PromisedOperations, node: FileCalls) {
    this.#ring = ring;
    this.#node = node;
  }

  /** What has no positions does not look at them. */
  ownPosition(doneBytes: number): number {
    return doneBytes;
  }

  open(path: Path, flags: number, mode: number, signal: Signal): Promise<number> {
    const operation = this.#ring.take();
    const address = placePath(this.#ring, operation, path, 0);
    const call = { syscall: 'open', path: pathText(path) };
    return operation.run(
      call,
      signal,
      undefined,
      Opcode.OPENAT,
      AT_FDCWD,
      0,
      address,
      mode,
      flags | O_CLOEXEC,
      0,
      0,
    );
  }

  openBound(
    directoryFd: number,
    path: Path,
    flags: number,
    mode: number,
    resolve: number,
    signal: Signal,
  ): Promise<number> {
    if (!this.#ring.has(Opcode.OPENAT2))
      return this.#node.openBound(directoryFd, path, flags, mode, resolve, signal);
    return openBound(this.#ring, directoryFd, path, flags, mode, resolve, signal);
  }

  close(fd: number): Promise<void> {
    const operation = this.#ring.take();
    operation.finish = nothing;
    return operation.run(closeCall, undefined, undefined, Opcode.CLOSE, fd, 0, 0, 0, 0, 0, 0);
  }

  read(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const operation = this.#ring.take();
    operation.owner = owner;
    const address = this.#ring.addressOf(buffer) + start;
    const opcode = this.#ring.isRegistered ? Opcode.READ_FIXED : Opcode.READ;
    return operation.transfer(readCall, signal, buffer, opcode, fd, position, address, lengthBytes, 0);
  }

  readSome(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const operation = this.#ring.take();
    operation.owner = owner;
    const address = this.#ring.addressOf(buffer) + start;
    return operation.run(readCall, signal, buffer, Opcode.READ, fd, position, address, lengthBytes, 0, 0, 0);
  }

  write(
    fd: number,
    buffer: Bytes,
    start: number,
    lengthBytes: number,
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    const operation = this.#ring.take();
    operation.owner = owner;
    const address = this.#ring.addressOf(buffer) + start;
    const opcode = this.#ring.isRegistered ? Opcode.WRITE_FIXED : Opcode.WRITE;
    return operation.transfer(writeCall, signal, buffer, opcode, fd, position, address, lengthBytes, 0);
  }

  readv(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    return transferVectors(this.#ring, readCall, signal, Opcode.READV, fd, buffers, position, owner);
  }

  writev(
    fd: number,
    buffers: readonly Bytes[],
    position: number,
    signal: Signal,
    owner: OperationOwner,
  ): Promise<number> {
    return transferVectors(this.#ring, writeCall, signal, Opcode.WRITEV, fd, buffers, position, owner);
  }

  stat(target: StatTarget, signal: Signal): Promise<FileStats> {
    return this.#statx(target, signal, stats);
  }

  statBigInt(target: StatTarget, signal: Signal): Promise<BigIntFileStats> {
    return this.#statx(target, signal, bigIntStats);
  }

  #statx<Value>(
    target: StatTarget,
    signal: Signal,
    finish: (result: number, operation: PromisedOperation) => Value,
  ): Promise<Value> {
    const operation = this.#ring.take();
    operation.finish = finish;
    const out = operation.scratchAddress;
    const isOpen = typeof target === 'number';
    const address = placePath(this.#ring, operation, isOpen ? '' : target.path, 1);
    const fd = isOpen ? target : AT_FDCWD;
    const flags = isOpen ? AtFlag.EMPTY_PATH : target.follows ? 0 : AtFlag.SYMLINK_NOFOLLOW;
    const call = isOpen
      ? fstatCall
      : { syscall: target.follows ? 'stat' : 'lstat', path: pathText(target.path) };
    return operation.run(call, signal, undefined, Opcode.STATX, fd, out, address, STATX_MASK, flags, 0, 0);
  }

  sync(fd: number, signal: Signal): Promise<void> {
    return this.#simple(fsyncCall, signal, Opcode.FSYNC, fd, 0, 0, 0, 0);
  }

  datasync(fd: number, signal: Signal): Promise<void> {
    return this.#simple(fdatasyncCall, signal, Opcode.FSYNC, fd, 0, 0, 0, FSYNC_DATASYNC);
  }

  truncate(fd: number, lengthBytes: number, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.FTRUNCATE)) return this.#node.truncate(fd, lengthBytes, signal);
    return this.#simple(ftruncateCall, signal, Opcode.FTRUNCATE, fd, lengthBytes, 0, 0, 0);
  }

  allocate(fd: number, position: number, lengthBytes: number, signal: Signal): Promise<void> {
    // The length of the range travels where other operations have an address, and the mode in the length.
    return this.#simple(fallocateCall, signal, Opcode.FALLOCATE, fd, position, lengthBytes, 0, 0);
  }

  unlink(path: Path, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.UNLINKAT)) return this.#node.unlink(path, signal);
    return this.#onPath('unlink', path, signal, Opcode.UNLINKAT, 0, 0);
  }

  rmdir(path: Path, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.UNLINKAT)) return this.#node.rmdir(path, signal);
    return this.#onPath('rmdir', path, signal, Opcode.UNLINKAT, 0, AtFlag.REMOVEDIR);
  }

  mkdir(path: Path, mode: number, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.MKDIRAT)) return this.#node.mkdir(path, mode, signal);
    return this.#onPath('mkdir', path, signal, Opcode.MKDIRAT, mode, 0);
  }

  rename(from: Path, to: Path, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.RENAMEAT)) return this.#node.rename(from, to, signal);
    return this.#onPaths('rename', from, to, signal, Opcode.RENAMEAT);
  }

  link(existing: Path, path: Path, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.LINKAT)) return this.#node.link(existing, path, signal);
    return this.#onPaths('link', existing, path, signal, Opcode.LINKAT);
  }

  symlink(target: Path, path: Path, signal: Signal): Promise<void> {
    if (!this.#ring.has(Opcode.SYMLINKAT)) return this.#node.symlink(target, path, signal);
    return this.#onPaths('symlink', target, path, signal, Opcode.SYMLINKAT);
  }

  #simple(
    call: OperationCall,
    signal: Signal,
    opcode: number,
    fd: number,
    offset: number,
    address: number,
    length: number,
    flags: number,
  ): Promise<void> {
    const operation = this.#ring.take();
    operation.finish = nothing;
    return operation.run(call, signal, undefined, opcode, fd, offset, address, length, flags, 0, 0);
  }

  #onPath(
    syscall: string,
    path: Path,
    signal: Signal,
    opcode: number,
    length: number,
    flags: number,
  ): Promise<void> {
    const operation = this.#ring.take();
    operation.finish = nothing;
    const call = { syscall, path: pathText(path) };
    const address = placePath(this.#ring, operation, path, 0);
    return operation.run(call, signal, undefined, opcode, AT_FDCWD, 0, address, length, flags, 0, 0);
  }

  #onPaths(syscall: string, from: Path, to: Path, signal: Signal, opcode: number): Promise<void> {
    const operation = this.#ring.take();
    operation.finish = nothing;
    const call = { syscall, path: pathText(from), dest: pathText(to) };
    const address = placePath(this.#ring, operation, from, 0);
    const second = placePath(this.#ring, operation, to, 1);
    // The second directory's fd is in the length; symlinkat has none, and no length.
    const directory = opcode === Opcode.SYMLINKAT ? 0 : AT_FDCWD;
    return operation.run(call, signal, undefined, opcode, AT_FDCWD, second, address, directory, 0, 0, 0);
  }
}
