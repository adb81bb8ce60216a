import { type BigIntStats, constants, type Stats } from 'node:fs';

const NS_PER_MS = 1_000_000n;

/** The kind of a file, as its mode tells. */
abstract class StatsBase {
  protected abstract get type(): number;

  isFile(): boolean {
    return this.type === constants.S_IFREG;
  }
  isDirectory(): boolean {
    return this.type === constants.S_IFDIR;
  }
  isSymbolicLink(): boolean {
    return this.type === constants.S_IFLNK;
  }
  isBlockDevice(): boolean {
    return this.type === constants.S_IFBLK;
  }
  isCharacterDevice(): boolean {
    return this.type === constants.S_IFCHR;
  }
  isFIFO(): boolean {
    return this.type === constants.S_IFIFO;
  }
  isSocket(): boolean {
    return this.type === constants.S_IFSOCK;
  }
}

/** The numbers of `FileStats`. */
export type StatNumbers = Pick<
  Stats,
  | 'dev'
  | 'mode'
  | 'nlink'
  | 'uid'
  | 'gid'
  | 'rdev'
  | 'blksize'
  | 'ino'
  | 'size'
  | 'blocks'
  | 'atimeMs'
  | 'mtimeMs'
  | 'ctimeMs'
  | 'birthtimeMs'
>;

/** What is known of a file: the fields and methods of `fs.Stats`. */
export class FileStats extends StatsBase implements StatNumbers {
  readonly dev: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly blksize: number;
  readonly ino: number;
  readonly size: number;
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;

  constructor(numbers: StatNumbers) {
    super();
    this.dev = numbers.dev;
    this.mode = numbers.mode;
    this.nlink = numbers.nlink;
    this.uid = numbers.uid;
    this.gid = numbers.gid;
    this.rdev = numbers.rdev;
    this.blksize = numbers.blksize;
    this.ino = numbers.ino;
    this.size = numbers.size;
    this.blocks = numbers.blocks;
    this.atimeMs = numbers.atimeMs;
    this.mtimeMs = numbers.mtimeMs;
    this.ctimeMs = numbers.ctimeMs;
    this.birthtimeMs = numbers.birthtimeMs;
  }

  protected get type(): number {
    return this.mode & constants.S_IFMT;
  }
  get atime(): Date {
    return dateOf(this.atimeMs);
  }
  get mtime(): Date {
    return dateOf(this.mtimeMs);
  }
  get ctime(): Date {
    return dateOf(this.ctimeMs);
  }
  get birthtime(): Date {
    return dateOf(this.birthtimeMs);
  }
}

/** The numbers of `BigIntFileStats`. */
export type StatBigInts = Pick<
  BigIntStats,
  | 'dev'
  | 'mode'
  | 'nlink'
  | 'uid'
  | 'gid'
  | 'rdev'
  | 'blksize'
  | 'ino'
  | 'size'
  | 'blocks'
  | 'atimeNs'
  | 'mtimeNs'
  | 'ctimeNs'
  | 'birthtimeNs'
>;

/** The same as bigints, with times in nanoseconds: the fields and methods of `fs.BigIntStats`. */
export class BigIntFileStats extends StatsBase implements StatBigInts {
  readonly dev: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly blksize: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;

  constructor(numbers: StatBigInts) {
    super();
    this.dev = numbers.dev;
    this.mode = numbers.mode;
    this.nlink = numbers.nlink;
    this.uid = numbers.uid;
    this.gid = numbers.gid;
    this.rdev = numbers.rdev;
    this.blksize = numbers.blksize;
    this.ino = numbers.ino;
    this.size = numbers.size;
    this.blocks = numbers.blocks;
    this.atimeNs = numbers.atimeNs;
    this.mtimeNs = numbers.mtimeNs;
    this.ctimeNs = numbers.ctimeNs;
    this.birthtimeNs = numbers.birthtimeNs;
  }

  protected get type(): number {
    return Number(this.mode) & constants.S_IFMT;
  }
  get atimeMs(): bigint {
    return this.atimeNs / NS_PER_MS;
  }
  get mtimeMs(): bigint {
    return this.mtimeNs / NS_PER_MS;
  }
  get ctimeMs(): bigint {
    return this.ctimeNs / NS_PER_MS;
  }
  get birthtimeMs(): bigint {
    return this.birthtimeNs / NS_PER_MS;
  }
  get atime(): Date {
    return dateOf(Number(this.atimeMs));
  }
  get mtime(): Date {
    return dateOf(Number(this.mtimeMs));
  }
  get ctime(): Date {
    return dateOf(Number(this.ctimeMs));
  }
  get birthtime(): Date {
    return dateOf(Number(this.birthtimeMs));
  }
}

/** As Node rounds: to the nearest millisecond. */
function dateOf(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds + 0.5));
}
