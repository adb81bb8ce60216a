import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PIECE_BYTES = 262_144;
const SLICE_BYTES = 4 * PIECE_BYTES;

/** Sizes around the places where a reader goes from one read to the next, and a few MB. */
export const sizes = [
  0,
  1,
  4096,
  ...[PIECE_BYTES, SLICE_BYTES, SLICE_BYTES + PIECE_BYTES, 2 * SLICE_BYTES].flatMap((size) => [
    size - 1,
    size,
    size + 1,
  ]),
  5 * 1024 * 1024 + 17,
];

/** Names that are no trouble to the kernel. */
export const names: readonly (string | Buffer)[] = [
  'with space',
  'new\nline',
  'tab\tand "quotes" and \\backslash',
  'grüße-日本語-🚀',
  ' -leading',
  Buffer.from([0x6c, 0x61, 0x74, 0xff, 0xfe, 0x6e]),
];

/** Bytes of which no two stretches are alike, so that a piece in the wrong place shows. */
export function contents(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(at * 4 + size, 2654435761);
  return Buffer.from(words.buffer, 0, size);
}

/** An empty directory for one test, readable by every user. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeline-digest-'));
  fs.chmodSync(directory, 0o755);
  return directory;
}

/** Fills a directory with files of all sizes and names, some in directories below. */
export function fillTree(root: string): void {
  fs.mkdirSync(path.join(root, 'sizes'));
  for (const size of sizes) fs.writeFileSync(path.join(root, 'sizes', String(size)), contents(size));
  fs.mkdirSync(path.join(root, 'a dir', 'deeper', 'deepest'), {
    recursive: true,
  });
  fs.mkdirSync(path.join(root, 'empty'));
  const directory = Buffer.from(path.join(root, 'a dir', 'deeper/'));
  for (const name of names) fs.writeFileSync(Buffer.concat([directory, Buffer.from(name)]), contents(999));
  fs.writeFileSync(path.join(root, 'a dir', 'deeper', 'deepest', 'leaf'), 'leaf');
}

/** What the program `sha256sum` says of all regular files below a directory: digests by path. */
export function sha256sumOf(root: string): Map<string, string> {
  const text = execFileSync('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 sha256sum -z', 'sh', root], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const lines = text.split('\0').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}
