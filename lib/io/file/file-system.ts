import type { BufferArena } from '../buffer-arena.js';
import type { IoContext } from '../io-context.js';
import { File, type SignalOptions, type StatOptions } from './file.js';
import type { FileCalls, Path, StatTarget } from './file-calls.js';
import type { BigIntFileStats, FileStats } from './file-stats.js';
import { NodeFileCalls } from './node-file-calls.js';
import { checkRules, type ResolveRule } from './resolve-rules.js';
import { neededOpcodes, RingFileCalls } from './ring-file-calls.js';
import { SplicePipe } from './splice-pipe.js';

const AT_FDCWD = -100;

/** Options of `EventLoop.open`. */
export interface OpenOptions extends SignalOptions {
  /** An open directory that the path is relative to. */
  readonly at?: File | undefined;
  /**
   * What the path may not lead through: 'beneath' keeps it in the directory, 'noSymlinks' ... Needs openat2 (Linux 5.6), and so
   * native code: `ERR_WAKELINE_UNAVAILABLE` in backend `portable`.
   */
  readonly resolve?: readonly ResolveRule[] | undefined;
}

/** What the file operations of one loop share. */
export class FileSystem {
  readonly calls: FileCalls;
  readonly arena: BufferArena;
  readonly #io: IoContext;

  constructor(io: IoContext) {
    const { ring } = io;
    const node = new NodeFileCalls(io);
    this.#io = io;
    this.arena = io.arena;
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

  /** Opens pipes to splice files through, as many as there can be: none without a ring. */
  openPipes(count: number): SplicePipe[] {
    const pipes = Array.from({ length: count }, () => SplicePipe.open(this.#io));
    return pipes.filter((pipe) => pipe !== undefined);
  }

  /** Closes a file that was only read: nobody needs to hear of it. */
  closeLater(fd: number): void {
    this.calls.close(fd).catch(() => {});
  }
}
