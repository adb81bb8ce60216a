import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { HarnessError } from './harness-error.js';

const MIB = 1024 * 1024;
const UNFINISHED = '.unfinished-';

/** Where the emulator and the kernels are kept: `--cache`, WAKELINE_EMULATOR_CACHE, or the user's cache folder. */
export function cacheFolder(option: string | undefined): string {
  const user = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return resolve(option ?? (process.env.WAKELINE_EMULATOR_CACHE || join(user, 'wakeline-emulator')));
}

/** A folder of things that took long to make. Each appears under its name only when it is whole. */
export class Cache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Finds a thing, or makes it.
   * @param name its folder's name; whatever changes the thing must be part of it
   * @param needsMib free space that making it takes
   * @param make fills the folder that it is given
   * @param isWhole whether a folder that is there holds all of it; what does not is thrown away and made again
   * @returns its folder
   * @throws {HarnessError} when it cannot be made
   */
  async get(
    name: string,
    needsMib: number,
    make: (folder: string) => Promise<void>,
    isWhole: (folder: string) => boolean = existsSync,
  ): Promise<string> {
    const whole = join(this.folder, name);
    if (existsSync(whole) && isWhole(whole)) return whole;
    const unfinished = `${whole}${UNFINISHED}${process.pid}`;
    try {
      mkdirSync(unfinished, { recursive: true });
    } catch (error) {
      throw this.#failure(name, error);
    }
    try {
      this.#sweep(name);
      this.#assertRoom(needsMib);
      await make(unfinished);
      if (existsSync(whole) && !isWhole(whole)) rmSync(whole, { recursive: true });
      // Another run may have been faster; its work is as good.
      if (!existsSync(whole)) renameSync(unfinished, whole);
    } catch (error) {
      throw this.#failure(name, error, needsMib);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return whole;
  }

  #failure(name: string, error: unknown, needsMib = 0): HarnessError {
    const { code, message } = error as NodeJS.ErrnoException;
    const advice =
      code === 'ENOSPC'
        ? `the disk became full (it needs ${needsMib} MiB). Make room, or name another folder\n`
        : '';
    return new HarnessError(`${name} could not be made in ${this.folder}: ${advice}${message}`);
  }

  /** Removes what runs that were killed have left. */
  #sweep(name: string): void {
    for (const entry of readdirSync(this.folder)) {
      if (!entry.startsWith(`${name}${UNFINISHED}`)) continue;
      const owner = entry.slice(`${name}${UNFINISHED}`.length);
      if (!existsSync(`/proc/${owner}`)) rmSync(join(this.folder, entry), { recursive: true, force: true });
    }
  }

  #assertRoom(needsMib: number): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const freeMib = Math.floor((bavail * bsize) / MIB);
    if (freeMib < needsMib)
      throw new Error(`it needs ${needsMib} MiB, and ${freeMib} are free. Make room, or name another folder`);
  }
}
