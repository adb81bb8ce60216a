import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectFolder } from '../support/project.js';

/** What a run of the command has come to. */
export interface DigestOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The object that `--json` prints. */
export interface DigestJson {
  readonly files: { path: string; bytes: number; sha256: string }[];
  readonly errors: { path: string; code: string; message: string }[];
  readonly seconds: number;
  readonly threads: {
    name: string;
    backend: string;
    waiter: string;
    wakes: object;
    syscalls: number;
  }[];
}

/** The bin of the package, built. */
export const main = join(projectFolder, 'dist', 'lib', 'cli', 'main.js');

const HANG_LIMIT_MS = 15_000;

/** Starts `wakeline digest` in a process of its own. */
export function startDigest(args: readonly string[], { env, ...options }: SpawnOptions = {}) {
  return spawn(process.execPath, [main, 'digest', '--threads', '2', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANG_LIMIT_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
    ...options,
  });
}

/** Runs `wakeline digest` to its end. */
export async function runDigest(args: readonly string[], options: SpawnOptions = {}): Promise<DigestOutcome> {
  const child = startDigest(args, options);
  const outputs = ['', ''];
  [child.stdout, child.stderr].forEach((stream, index) => {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      outputs[index] += text;
    });
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout: outputs[0], stderr: outputs[1] };
}

/** Runs `wakeline digest --json`, and reads what it printed. */
export async function digestJson(
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<DigestOutcome & { json: DigestJson }> {
  const outcome = await runDigest(['--json', ...args], options);
  return { ...outcome, json: JSON.parse(outcome.stdout) as DigestJson };
}
