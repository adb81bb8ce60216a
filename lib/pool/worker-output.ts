import { writeSync } from 'node:fs';

const EAGAIN_PAUSE_MS = 1;
const pauseWord = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of it, waiting while the reader of a pipe has fallen behind. */
function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pauseWord, 0, 0, EAGAIN_PAUSE_MS);
    }
  }
}

/** Lets a stream of this thread write to its fd itself, instead of sending the text to the main thread. */
function redirect(stream: NodeJS.WriteStream, fd: number): void {
  stream._write = (chunk: Uint8Array | string, encoding, callback) => {
    try {
      writeAll(fd, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback();
  };
  // Worker streams gather what is written in one go; without this they would go the old way.
  stream._writev = undefined as never;
}

/** What this thread writes to stdout and stderr is written at once, even while the main thread is busy. */
export function writeOutputDirectly(): void {
  redirect(process.stdout, 1);
  redirect(process.stderr, 2);
}

let output: readonly NodeJS.WriteStream[] | undefined;

/** Whether something that this thread wrote has not been taken by the main thread yet. */
export function hasUnwrittenOutput(): boolean {
  // Asked after each task: `process` looks its streams up by five calls each time.
  output ??= [process.stdout, process.stderr];
  return output[0].writableLength > 0 || output[1].writableLength > 0;
}

/** Resolves when the main thread has taken what this thread has written. */
export async function writeOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}
