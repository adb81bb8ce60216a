import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type IdlePreset, idlePresets } from '../scheduler/index.js';

const MOST_THREADS = 512;

interface DigestOptions {
  readonly threads: number;
  readonly idle: IdlePreset;
  readonly json: boolean;
}

const details = `
Without PATH, it digests the current directory.

Symbolic links are followed. A link that leads back to a directory above it is
an error (ELOOP), and so is whatever is neither a regular file nor a directory
(ENOTSUP): FIFOs, sockets and devices are not read. Errors go to stderr, the
rest is still done, and the exit status is then 1.

The environment variable WAKELINE_BACKEND (uring, epoll, portable) demands how
the threads' event loops are driven.`;

/** Adds `wakeline digest` to the program. */
export function addDigestCommand(program: Command): void {
  program
    .command('digest')
    .description('compute the SHA-256 of files, and of all files below directories, on several threads')
    .argument('[PATH...]', 'files and directories', ['.'])
    .option('--threads <number>', 'threads that read and digest', parseThreads, availableParallelism())
    .addOption(
      new Option('--idle <preset>', 'what idle threads trade: time to wake up against power')
        .choices(Object.keys(idlePresets))
        .default('balanced'),
    )
    .option(
      '--json',
      'print one JSON object: every file and error, the time, and what each thread did',
      false,
    )
    .addHelpText('after', details)
    .action(async (paths: string[], { threads, idle, json }: DigestOptions) => {
      const { digest } = await import('./digest.js');
      process.exitCode = await digest({ paths, threads, idle, json });
    });
}

function parseThreads(value: string): number {
  const threads = Number(value);
  if (/^\d+$/.test(value) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_THREADS}.`);
}
