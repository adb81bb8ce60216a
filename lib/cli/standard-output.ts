import { once } from 'node:events';

/**
 * Writes text to stdout, piece by piece, waiting for slow readers.
 * @returns false when the reader has gone (EPIPE)
 * @throws whatever else stdout fails with
 */
export async function writeOut(pieces: Iterable<string>): Promise<boolean> {
  const { stdout } = process;
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on('error', (error) => {
    failure = error;
  });
  for (const piece of pieces) {
    if (failure !== undefined) break;
    if (!stdout.write(piece))
      await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
  }
  await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  if (failure === undefined) return true;
  if (failure.code === 'EPIPE') return false;
  throw failure;
}
