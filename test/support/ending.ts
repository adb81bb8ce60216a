import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { EndingCase } from '../fixtures/ending-case.js';
import { fixturePath } from './project.js';

/** What became of a process whose thread was ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the ending's cause to the end of the thread or process. */
  readonly tookMs: number;
  readonly stderr: string;
}

const main = fixturePath('ending-main');
const HANG_LIMIT_MS = 10_000;

/** Runs one case in a process of its own. */
export async function runEnding(node: string, params: EndingCase): Promise<Ending> {
  const child = spawn(node, [main, JSON.stringify(params)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANG_LIMIT_MS,
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.on('data', (text) => {
    stdout += text;
    interruptAtGo(child, params, stdout);
  });
  const exited = once(child, 'exit').then((result) => ({
    result,
    atMs: Number(process.hrtime.bigint()) / 1e6,
  }));
  await once(child, 'close');
  const { result, atMs } = await exited;
  const said = (word: string): number | undefined => {
    const match = new RegExp(`^${word} ([\\d.]+)$`, 'm').exec(stdout);
    return match === null ? undefined : Number(match[1]);
  };
  const [code, signal] = result as [number | null, NodeJS.Signals | null];
  return { code, signal, tookMs: (said('ended') ?? atMs) - (said('go') ?? Number.NEGATIVE_INFINITY), stderr };
}

function interruptAtGo(child: ChildProcess, params: EndingCase, stdout: string): void {
  if (params.ending.endsWith('SIGINT') && stdout.startsWith('go ')) child.kill('SIGINT');
}
