import fs from 'node:fs';
import { join } from 'node:path';
import type { EventLoop } from 'wakeline';
import { SeededRandom } from './random.js';

const NAMES = 6;
const LONGEST_BYTES = 150_000;
/** What an operation that is meant to fail, or may be aborted, may fail with. */
const expected = new Set('ENOENT EEXIST EISDIR ENOTDIR ENOTEMPTY EBADF ABORT_ERR ENAMETOOLONG'.split(' '));

/** How often each outcome came. */
export interface RandomFilesResult {
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
}

/**
 * Does random operations, one after the other, in a directory of its own, and compares what it reads with what it has
 * written. Some are aborted at a random moment: what they may have left is then looked up.
 */
export class RandomFiles {
  readonly #loop: EventLoop;
  readonly #folder: string;
  readonly #random: SeededRandom;
  readonly #files = new Map<string, Buffer>();
  #result = { succeeded: 0, failed: 0, aborted: 0 };

  constructor(loop: EventLoop, folder: string, seed: number) {
    this.#loop = loop;
    this.#folder = folder;
    this.#random = new SeededRandom(seed);
    fs.mkdirSync(folder);
    fs.mkdirSync(join(folder, 'folder'));
  }

  /** Does so many operations. */
  async run(count: number): Promise<RandomFilesResult> {
    const operations = [
      this.#write,
      this.#read,
      this.#readChunks,
      this.#patch,
      this.#truncate,
      this.#rename,
      this.#unlink,
      this.#copy,
      this.#stat,
      this.#fail,
    ];
    for (let index = 0; index < count; index++) {
      const operation = operations[this.#random.below(operations.length)];
      await this.#attempt(operation);
    }
    return this.#result;
  }

  async #attempt(operation: (signal: AbortSignal | undefined) => Promise<void>): Promise<void> {
    const controller = this.#random.below(6) === 0 ? new AbortController() : undefined;
    const moment = this.#random.below(3);
    if (controller !== undefined && moment === 0) controller.abort();
    if (controller !== undefined && moment === 1) setImmediate(() => controller.abort());
    try {
      const running = operation.call(this, controller?.signal);
      if (controller !== undefined && moment === 2) controller.abort();
      await running;
      this.#result.succeeded++;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !expected.has(code)) throw error;
      if (code === 'ABORT_ERR') this.#result.aborted++;
      else this.#result.failed++;
      if (controller !== undefined) this.#lookUp();
    }
  }

  #lookUp(): void {
    this.#files.clear();
    for (const entry of fs.readdirSync(this.#folder, { withFileTypes: true })) {
      if (entry.isFile()) this.#files.set(entry.name, fs.readFileSync(join(this.#folder, entry.name)));
    }
  }

  #name(): string {
    return `file ${this.#random.below(NAMES)}`;
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  #bytes(): Buffer {
    const size = this.#random.below(3) === 0 ? this.#random.below(LONGEST_BYTES) : this.#random.below(3000);
    return Buffer.alloc(size, String(this.#random.below(2 ** 30)));
  }

  #assertEqual(name: string, read: Buffer): void {
    const known = this.#files.get(name);
    if (known === undefined || !read.equals(known)) {
      throw new Error(`${name} has ${known?.length} bytes, ${read.length} others were read`);
    }
  }

  async #write(signal: AbortSignal | undefined): Promise<void> {
    const [name, bytes, atomic] = [this.#name(), this.#bytes(), this.#random.below(4) === 0];
    await this.#loop.writeFile(this.#at(name), bytes, { atomic, signal });
    this.#files.set(name, bytes);
  }

  async #read(signal: AbortSignal | undefined): Promise<void> {
    const name = this.#name();
    this.#assertEqual(name, await this.#loop.readFile(this.#at(name), { signal }));
  }

  async #readChunks(signal: AbortSignal | undefined): Promise<void> {
    const name = this.#name();
    const file = await this.#loop.open(this.#at(name), 'r', 0, { signal });
    try {
      const chunks: Buffer[] = [];
      const options = {
        chunkBytes: 1 + this.#random.below(20_000),
        ahead: this.#random.below(5),
        reuse: false,
        signal,
      };
      const leavesAfter = this.#random.below(20);
      for await (const chunk of file.readable(options)) if (chunks.push(chunk) > leavesAfter) break;
      if (chunks.length <= leavesAfter) this.#assertEqual(name, Buffer.concat(chunks));
    } finally {
      await file.close();
    }
  }

  async #patch(signal: AbortSignal | undefined): Promise<void> {
    const name = this.#name();
    const patch = this.#bytes().subarray(0, 5000);
    const position = this.#random.below((this.#files.get(name)?.length ?? 0) + 1);
    const file = await this.#loop.open(this.#at(name), 'r+', 0, { signal });
    try {
      const half = patch.length >> 1;
      const parts = [patch.subarray(0, half), patch.subarray(half)];
      if (this.#random.below(2) === 0) await file.write(patch, { position, signal });
      else await file.writev(parts, { position, signal });
    } finally {
      await file.close();
    }
    const old = this.#files.get(name)!;
    const patched = Buffer.alloc(Math.max(old.length, position + patch.length));
    old.copy(patched);
    patch.copy(patched, position);
    this.#files.set(name, patched);
  }

  async #truncate(signal: AbortSignal | undefined): Promise<void> {
    const [name, size] = [this.#name(), this.#random.below(10_000)];
    const file = await this.#loop.open(this.#at(name), 'r+', 0, { signal });
    try {
      await file.truncate(size, { signal });
    } finally {
      await file.close();
    }
    const cut = Buffer.alloc(size);
    this.#files.get(name)!.copy(cut);
    this.#files.set(name, cut);
  }

  async #rename(signal: AbortSignal | undefined): Promise<void> {
    const [from, to] = [this.#name(), this.#name()];
    await this.#loop.rename(this.#at(from), this.#at(to), { signal });
    const bytes = this.#files.get(from)!;
    this.#files.delete(from);
    this.#files.set(to, bytes);
  }

  async #unlink(signal: AbortSignal | undefined): Promise<void> {
    const name = this.#name();
    await this.#loop.unlink(this.#at(name), { signal });
    this.#files.delete(name);
  }

  async #copy(signal: AbortSignal | undefined): Promise<void> {
    const from = this.#name();
    const to = this.#name();
    if (from === to) return;
    await this.#loop.copyFile(this.#at(from), this.#at(to), {
      signal,
      exclusive: this.#random.below(2) === 0,
    });
    this.#files.set(to, Buffer.from(this.#files.get(from)!));
  }

  async #stat(signal: AbortSignal | undefined): Promise<void> {
    const name = this.#name();
    const { size } = await this.#loop.stat(this.#at(name), { signal });
    if (size !== this.#files.get(name)?.length) throw new Error(`${name} has a size of ${size}`);
  }

  /** Something that cannot succeed. */
  async #fail(signal: AbortSignal | undefined): Promise<void> {
    const loop = this.#loop;
    const failures = [
      () => loop.readFile(this.#at('folder'), { signal }),
      () => loop.open(this.#at('missing/file'), 'w', 0o600, { signal }),
      () => loop.open(this.#at('folder'), 'wx', 0o600, { signal }),
      () => loop.unlink(this.#at('folder'), { signal }),
      () => loop.rmdir(this.#folder, { signal }),
      () => loop.mkdir(this.#at('folder'), { signal }),
      () => loop.stat(this.#at('n'.repeat(400)), { signal }),
      () => loop.copyFile(this.#at('folder'), this.#at('copy'), { signal }),
      () => loop.writeFile(this.#at('folder'), 'x', { atomic: true, signal }),
    ];
    await failures[this.#random.below(failures.length)]();
    throw new Error('what cannot succeed did');
  }
}
