import { UringError } from '../../ring/index.js';
import { BLOCK_BYTES, type BufferArena } from '../buffer-arena.js';
import type { File } from './file.js';
import type { FileSystem } from './file-system.js';
import { SplicePipe } from './splice-pipe.js';

/** How a lane copies: through memory, or through a pipe. */
interface PieceCopier {
  /** Bytes of a piece. */
  readonly pieceBytes: number;
  /**
   * Copies a piece to the same place.
   * @returns how many bytes, less only where the source ends
   */
  copy(position: number, lengthBytes: number): Promise<number>;
  /** Nothing is in flight any more. */
  release(): void;
}

/** Pieces of memory that are on their way at once. */
const BLOCK_LANES = 4;
/** Pipes have large pieces, and the kernel writes one file's pieces one after the other. */
const PIPE_LANES = 2;
/** From this size on a pipe is worth making (docs/decisions/017). */
const SHORTEST_SPLICE_BYTES = 1 << 20;

/**
 * Copies a file in pieces, several at once.
 * @param size of the source, in bytes, as far as is known
 * @returns where the source ended: `size`, or less if it has shrunk
 */
export async function copyPieces(
  system: FileSystem,
  source: File,
  copy: File,
  size: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (size >= SHORTEST_SPLICE_BYTES) {
    const pipes = system.openPipes(Math.min(PIPE_LANES, Math.ceil(size / SplicePipe.pieceBytes)));
    try {
      if (pipes.length > 0)
        return await copyInLanes(
          pipes.map((pipe) => viaPipe(pipe, source, copy, signal)),
          size,
        );
    } catch (error) {
      // One of the two cannot be spliced, as a file of some file systems; memory goes between any two.
      if (!(error instanceof UringError) || error.code !== 'EINVAL') throw error;
    }
  }
  const lanes = Math.min(BLOCK_LANES, Math.ceil(size / BLOCK_BYTES));
  return copyInLanes(
    Array.from({ length: lanes }, () => viaBlock(system.arena, source, copy, signal)),
    size,
  );
}

async function copyInLanes(copiers: readonly PieceCopier[], size: number): Promise<number> {
  let next = 0;
  let end = size;
  let hasFailed = false;
  const run = async (copier: PieceCopier): Promise<void> => {
    try {
      while (next < end && !hasFailed) {
        const position = next;
        const length = Math.min(copier.pieceBytes, end - position);
        next += length;
        const bytes = await copier.copy(position, length);
        // The file has shrunk: nothing behind this is of it any more.
        if (bytes < length) end = Math.min(end, position + bytes);
      }
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      copier.release();
    }
  };
  for (const outcome of await Promise.allSettled(copiers.map(run))) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
  return end;
}

function viaBlock(
  arena: BufferArena,
  source: File,
  copy: File,
  signal: AbortSignal | undefined,
): PieceCopier {
  const buffer = arena.take();
  return {
    pieceBytes: BLOCK_BYTES,
    async copy(position, length) {
      const bytes = await source.read(buffer, { position, length, signal });
      await copy.write(buffer, { position, length: bytes, signal });
      return bytes;
    },
    release: () => arena.give(buffer),
  };
}

function viaPipe(pipe: SplicePipe, source: File, copy: File, signal: AbortSignal | undefined): PieceCopier {
  return {
    pieceBytes: SplicePipe.pieceBytes,
    copy: (position, length) => pipe.copy(source.fd, copy.fd, position, length, signal),
    release: () => pipe.close(),
  };
}
