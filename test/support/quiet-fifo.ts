import { execFileSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A FIFO with both ends open, to which nobody writes unless the test does. */
export interface QuietFifo {
  readonly path: string;
  /** For reading and writing, without blocking. */
  readonly fd: number;
  /** Removes it from the file system; the fd stays open. */
  remove(): void;
}

/** Makes a FIFO in a folder of its own. */
export function makeQuietFifo(): QuietFifo {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-fifo-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  return { path, fd, remove: () => rmSync(folder, { recursive: true }) };
}
