import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE_BYTES = 16 << 20;

/** A file that a benchmark reads. */
export interface LargeFile {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes a file of a multiple of 16 MiB; having been written, it is in the page cache, and on the disk as well. */
export async function makeLargeFile(lengthBytes: number): Promise<LargeFile> {
  const folder = await mkdtemp(join(tmpdir(), 'wakeline-bench-'));
  const path = join(folder, 'file.bin');
  const piece = randomBytes(PIECE_BYTES);
  const file = await open(path, 'w');
  for (let written = 0; written < lengthBytes; written += PIECE_BYTES) await file.write(piece);
  await file.sync();
  await file.close();
  return { path, remove: () => rm(folder, { recursive: true }) };
}
