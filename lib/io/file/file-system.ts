import type { IoContext } from '../io-context.js';
import { File, type SignalOptions, type StatOptions } from './file.js';
import type { FileCalls, Path, StatTarget } from './file-calls.js';
import type { BigIntFileStats, FileStats } from './file-stats.js';
import { NodeFileCalls } from './node-file-calls.js';
import { checkRules, type ResolveRule } from './resolve-rules.js';
import { neededOpcodes, RingFileCalls } from './ring-file-calls.js';

/** Bytes of a block: most files fit into one. */
const BLOCK_BYTES = 65_536;
/** Blocks that are kept for the next files. */
const MOST_FREE_BLOCKS = 64;

const AT_FDCWD = -100;

/** Options of `EventLoop.open`. */
export interface OpenOptions extends SignalOptions {
  /** An open directory that the path is relative to. Needs the ring (openat2, Linux 5.6), like the next. */
  readonly at?: File | undefined;
  /** What the path may not lead through: 'beneath' keeps it in the directory, 'noSymlinks' ... */
  readonly resolve?: readonly ResolveRule[] | undefined;
}

/** What the file operations of one loop share. */
export class FileSystem {
  readonly calls: FileCalls;
  readonly #io: IoContext;
  readonly #free: Buffer[] = [];

  constructor(io: IoContext) {
    const { ring } = io;
    const node = new NodeFileCalls(io);
    this.#io = io;
    this.calls = ring?.has(...neededOpcodes) ? new RingFileCalls(ring, node) : node;
  }

  /** Opens a file. */
  async open(path: Path, flags: number, mode: number, signal: AbortSignal | undefined): Promise<File> {
    const fd = await this.calls.open(path, flags, mode, signal);
    return new File(this.#io, this.calls, fd, flags);
  }

  /** Opens a file below a directory, or bound by rules. */
  async openBound(
    path: Path,
    flags: number,
    mode: number,
    { at, resolve, signal }: OpenOptions,
  ): Promise<File> {
    const rules = checkRules(resolve ?? []);
    const fd = await this.calls.openBound(at?.fd ?? AT_FDCWD, path, flags, mode, rules, signal);
    return new File(this.#io, this.calls, fd, flags);
  }

  /** Looks at what a path names. */
  stat(target: StatTarget, { bigint, signal }: StatOptions): Promise<FileStats | BigIntFileStats> {
    return bigint === true ? this.calls.statBigInt(target, signal) : this.calls.stat(target, signal);
  }

  /** Closes a file that was only read: nobody needs to hear of it. */
  closeLater(fd: number): void {
    this.calls.close(fd).catch(() => {});
  }

  /** A block of memory for a while. */
  takeBlock(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** The block is free again; nothing may be in flight on it. */
  giveBlock(block: Buffer): void {
    if (this.#free.length < MOST_FREE_BLOCKS) this.#free.push(block);
  }
}
