import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A run that takes longer than this hangs. */
const HANG_LIMIT_MS = 120_000;

/** Runs a command, and returns what it printed. */
export async function runCommand(file: string, parameters: readonly string[]): Promise<string> {
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'pipe'], timeout: HANG_LIMIT_MS });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ending = await new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  if (ending === undefined) return output;
  throw new Error(`${file} ${parameters.join(' ')} ended with ${ending}\n${output}${errors}`);
}

/**
 * Runs an entry file in a Node process of its own, so that no configuration disturbs another.
 * @param plan given as its argument, in JSON
 * @returns what it printed, from JSON
 */
export async function runEntry<Result>(entry: URL, plan: object): Promise<Result> {
  return JSON.parse(
    await runCommand(process.execPath, [fileURLToPath(entry), JSON.stringify(plan)]),
  ) as Result;
}
