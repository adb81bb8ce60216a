import { constants } from 'node:fs';
import { throwIfAborted } from '../abort.js';
import { readBuffer } from '../read-buffer.js';
import { checkEncoding } from './data.js';
import type { SignalOptions } from './file.js';
import type { FileSystem } from './file-system.js';
import { checkOpen, type OpenFlags } from './open-flags.js';
import { checkPath, type PathLike } from './path.js';

/** Options of `EventLoop.readFile`. */
export interface ReadFileOptions extends SignalOptions {
  /** With it, the contents come as a text. */
  readonly encoding?: BufferEncoding | null | undefined;
  /** How to open the file. Default 'r'. */
  readonly flag?: OpenFlags | undefined;
}

/** Bytes read at once of a file that does not fit into the first block: few enough that others get their turn. */
const PIECE_BYTES = 1 << 20;

const noOwner = { onOperationEnd: () => {} };

/** Reads a whole file; see `EventLoop.readFile`. */
export async function readFile(
  system: FileSystem,
  path: PathLike,
  { encoding, flag, signal }: ReadFileOptions,
): Promise<Buffer | string> {
  const { calls } = system;
  const flags = flag === undefined ? constants.O_RDONLY : checkOpen(flag);
  const textEncoding = encoding === undefined || encoding === null ? undefined : checkEncoding(encoding);
  const fd = await calls.open(checkPath(path), flags, 0o666, signal);
  const block = system.arena.take();
  try {
    const bytes = await calls.read(fd, block, 0, block.length, calls.ownPosition(0), signal, noOwner);
    if (bytes < block.length) return contentsOf(block, bytes, textEncoding);
    const whole = await readRest(system, fd, block, signal);
    return textEncoding === undefined ? whole : whole.toString(textEncoding);
  } finally {
    system.arena.give(block);
    system.closeLater(fd);
  }
}

/** A copy of what the block holds: the block is used again. */
function contentsOf(block: Buffer, bytes: number, encoding: BufferEncoding | undefined): Buffer | string {
  if (encoding !== undefined) return block.toString(encoding, 0, bytes);
  const contents = Buffer.allocUnsafe(bytes);
  block.copy(contents, 0, 0, bytes);
  return contents;
}

/** The file goes on behind the first block: its size says how far, and only a read of nothing that this is the end. */
async function readRest(
  { calls }: FileSystem,
  fd: number,
  first: Buffer,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { size } = await calls.stat(fd, signal);
  let contents = readBuffer(Math.max(size + 1, 2 * first.length));
  let filled = first.copy(contents);
  for (;;) {
    throwIfAborted(signal);
    if (filled === contents.length) {
      const larger = readBuffer(2 * contents.length);
      contents.copy(larger);
      contents = larger;
    }
    const wanted = Math.min(PIECE_BYTES, contents.length - filled);
    const position = calls.ownPosition(filled);
    const bytes = await calls.read(fd, contents, filled, wanted, position, signal, noOwner);
    filled += bytes;
    if (bytes < wanted) return contents.subarray(0, filled);
  }
}
