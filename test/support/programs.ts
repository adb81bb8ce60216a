import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);
const LIMIT_MS = 20_000;

/** A program that tests use; where it is not installed, the test is skipped and the Debian package printed. */
export function programOrSkip(context: TestContext, name: string, debianPackage: string): string {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  if (found.status !== 0) context.skip(`${name} is not installed (Debian: ${debianPackage})`);
  return found.stdout.trim();
}

/** Runs a program to its end while this thread's loop goes on; returns what it printed. */
export async function runProgram(file: string, given: readonly string[], input?: string): Promise<string> {
  const started = run(file, given, { encoding: 'utf8', timeout: LIMIT_MS });
  // One that reads no input may have ended before.
  started.child.stdin?.on('error', () => {}).end(input ?? '');
  return (await started).stdout;
}
