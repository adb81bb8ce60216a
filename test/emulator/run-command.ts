import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LAST_LINES = 15;

/** How a command is run. */
export interface CommandOptions {
  readonly folder?: string;
  readonly limitS?: number;
}

/**
 * Runs a command to its end, without a word unless it fails.
 * @returns what it printed to stdout
 * @throws {Error} with the last lines that it printed
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
  throw new Error(`${command} ${why}:\n${all.trim().split('\n').slice(-LAST_LINES).join('\n')}`);
}
