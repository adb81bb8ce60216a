import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES_PER_FOLDER = 200;
const SEED = 20_190_917;

/** A folder of files that a benchmark reads. */
export interface FileTree {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** xorshift32: the same files in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Makes a tree of files with sizes spread evenly between two bounds; having been written, they are in the page cache. */
export async function makeFileTree(count: number, minBytes: number, maxBytes: number): Promise<FileTree> {
  const folder = await mkdtemp(join(tmpdir(), 'wakeline-bench-'));
  const random = randomFrom(SEED);
  const content = Buffer.alloc(maxBytes);
  for (let i = 0; i < content.length; i += 4) content.writeInt32LE((random() * 2 ** 32) | 0, i);
  for (let i = 0; i < count; i++) {
    const inside = join(folder, String(Math.floor(i / FILES_PER_FOLDER)));
    if (i % FILES_PER_FOLDER === 0) await mkdir(inside);
    const bytes = Math.round(minBytes + random() * (maxBytes - minBytes));
    await writeFile(join(inside, `${i}.bin`), content.subarray(0, bytes));
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
