import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LAST_LINES = 15;

/** What a program prints when a disk is full, in English. */
const DISK_FULL = /no space left on device|enough free space/i;

/** How a command is run. */
export interface CommandOptions {
  readonly folder?: string;
  readonly limitS?: number;
}

/**
 * Runs a command to its end, without a word unless it fails.
 * @returns what it printed to stdout
 * @throws {Error} with the last lines that it printed; its code is ENOSPC when they or others say that a disk is full
 */
export async function runCommand(
  command: string,
  given: readonly string[],
  { folder = '.', limitS = 600 }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, given, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitS * 1000,
    env: { ...process.env, LC_ALL: 'C' },
  });
  let [stdout, all] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  const [status, signal] = await once(child, 'close');
  if (status === 0) return stdout;
  const why = signal === null ? `failed with status ${status}` : `was ended by ${signal} (limit ${limitS} s)`;
  const lines = all.trim().split('\n').slice(-LAST_LINES);
  const failure = new Error(`${command} ${why}:\n${lines.join('\n')}`);
  throw DISK_FULL.test(all) ? Object.assign(failure, { code: 'ENOSPC' }) : failure;
}
