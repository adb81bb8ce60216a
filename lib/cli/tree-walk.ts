import fs, { type BigIntStats, type Dir, type Dirent } from 'node:fs';
import { type BytePath, bytePathOfBytes, bytesOf, displayPath } from '../io/index.js';
import { UringError } from '../ring/index.js';

/** A path that was not walked, and why. */
export interface WalkError {
  readonly path: BytePath;
  readonly code: string;
  readonly message: string;
}

interface OpenDirectory {
  readonly path: BytePath;
  readonly dir: Dir;
  /** Device and inode, once somebody asked. */
  identity: string | undefined;
}

/** Entries that one system call may bring. */
const BUFFERED_ENTRIES = 256;
const SLASH = '/';

/**
 * Walks files and trees depth-first, entry by entry, so that memory stays flat. Symbolic links are followed; one that
 * leads back to a directory above it is an error (ELOOP), like whatever is neither file nor directory (ENOTSUP).
 * It reads synchronously: from the page cache that takes a tenth of the time of the thread pool's round trips, and the
 * thread that walks does nothing else.
 */
export class TreeWalk {
  readonly #roots: BytePath[];
  readonly #open: OpenDirectory[] = [];
  readonly #onError: (error: WalkError) => void;

  /**
   * @param roots what to walk, in this order
   * @param onError called within `step` for each path that could not be walked; the walk goes on behind it
   */
  constructor(roots: readonly BytePath[], onError: (error: WalkError) => void) {
    this.#roots = [...roots].reverse();
    this.#onError = onError;
  }

  /** Whether everything was walked. */
  get isDone(): boolean {
    return this.#open.length === 0 && this.#roots.length === 0;
  }

  /**
   * Looks at the next entry.
   * @returns its path, if it is a regular file
   */
  step(): BytePath | undefined {
    const directory = this.#open.at(-1);
    if (directory === undefined) {
      const root = this.#roots.pop();
      return root === undefined ? undefined : this.#follow(root);
    }
    const entry = this.#nextEntry(directory);
    if (entry === null) {
      this.#open.pop();
      directory.dir.closeSync();
      return undefined;
    }
    return this.#look(join(directory.path, entry.name as unknown as Buffer), entry);
  }

  /** Closes what is open; the rest is not walked. */
  close(): void {
    this.#roots.length = 0;
    for (const { dir } of this.#open.splice(0)) dir.closeSync();
  }

  #nextEntry({ path, dir }: OpenDirectory): Dirent | null {
    try {
      return dir.readSync();
    } catch (error) {
      this.#fail(path, error);
      return null;
    }
  }

  #look(path: BytePath, entry: Dirent): BytePath | undefined {
    if (entry.isFile()) return path;
    if (entry.isDirectory()) this.#enter(path);
    else if (entry.isSymbolicLink()) return this.#follow(path);
    else this.#refuse(path);
    return undefined;
  }

  /** A path that was named by the user or found as a symbolic link. */
  #follow(path: BytePath): BytePath | undefined {
    try {
      const stats = fs.statSync(bytesOf(path), { bigint: true });
      if (stats.isFile()) return path;
      if (!stats.isDirectory()) this.#refuse(path);
      else if (this.#isAbove(identityOf(stats))) this.#refuseLoop(path);
      else this.#enter(path);
    } catch (error) {
      this.#fail(path, error);
    }
    return undefined;
  }

  #enter(path: BytePath): void {
    try {
      // Names as bytes: Dir decodes them otherwise. Its types do not know of this encoding.
      const encoding = 'buffer' as BufferEncoding;
      const dir = fs.opendirSync(bytesOf(path), {
        encoding,
        bufferSize: BUFFERED_ENTRIES,
      });
      this.#open.push({ path, dir, identity: undefined });
    } catch (error) {
      this.#fail(path, error);
    }
  }

  #isAbove(identity: string): boolean {
    return this.#open.some((directory) => {
      directory.identity ??= identityOf(fs.statSync(bytesOf(directory.path), { bigint: true }));
      return directory.identity === identity;
    });
  }

  /** Node leaves the path out of some of its messages when it is given as bytes. */
  #fail(path: BytePath, error: unknown): void {
    const { errno, syscall = 'open' } = error as NodeJS.ErrnoException;
    if (errno === undefined) throw error;
    const { code, message } = new UringError(errno, syscall, displayPath(path));
    this.#onError({ path, code, message });
  }

  #refuse(path: BytePath): void {
    const message = `ENOTSUP: neither a regular file nor a directory, open '${displayPath(path)}'`;
    this.#onError({ path, code: 'ENOTSUP', message });
  }

  #refuseLoop(path: BytePath): void {
    const message = `ELOOP: directory loop, the link leads back to a directory above it, open '${displayPath(path)}'`;
    this.#onError({ path, code: 'ELOOP', message });
  }
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function join(directory: BytePath, name: Buffer): BytePath {
  const separator = directory.endsWith(SLASH) ? '' : SLASH;
  return (directory + separator + bytePathOfBytes(name)) as BytePath;
}
