import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { EventLoop } from 'wakeline';
import { loopKinds } from '../support/loops.js';
import { projectFolder } from '../support/project.js';

// Not part of the package's exports.
const built = pathToFileURL(join(projectFolder, 'dist', 'lib', 'io', 'index.js')).href;

/** The built lib/io. */
export const io = (await import(built)) as typeof import('../../lib/io/index.js');

/** A reader as lib/io makes it. */
export type Reader = InstanceType<typeof io.FileReader>;

/** Reads a file, and returns copies of the pieces that came. */
export function read(reader: Reader, file: string): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    reader.read(io.bytePathOf(file), {
      onPiece(bytes, isLast) {
        pieces.push(Buffer.from(bytes));
        if (isLast) resolve(pieces);
      },
      onError: reject,
    });
  });
}

/** A loop of one kind for each test, and readers on it. */
export function useReaders(kind: string): (options?: { files?: number; pieceBytes?: number }) => Reader {
  let loop: EventLoop;
  beforeEach(() => {
    loop = EventLoop.attach(loopKinds[kind]);
  });
  afterEach(() => loop.close());
  return (options) => new io.FileReader(loop, options);
}
