import { expect, test } from 'vitest';
import type { EndingCase } from '../fixtures/ending-case.js';
import { type Ending, runEnding } from './ending.js';

const stages = ['spin', 'umwait', 'kernel'] as const;
const loops = [
  { backend: 'uring', kernelWait: 'enter' },
  { backend: 'uring', kernelWait: 'libuv' },
  { backend: 'epoll', kernelWait: 'libuv' },
] as const;

/** What the issue asks for. */
const LIMIT_MS = 100;
/** The machine may be busy with something else: a case has failed only when it was late each time. */
const ATTEMPTS = 5;

const expected: Record<EndingCase['ending'], Pick<Ending, 'code' | 'signal'>> = {
  terminate: { code: 0, signal: null },
  exit: { code: 7, signal: null },
  throw: { code: 1, signal: null },
  'throw in the worker': { code: 0, signal: null },
  SIGINT: { code: null, signal: 'SIGINT' },
  'handled SIGINT': { code: 0, signal: null },
};

/** One test for each stage, kind of loop and ending: the thread ends soon, and nothing crashes. */
export function describeEndings(node: string, endings: readonly EndingCase['ending'][]): void {
  for (const loop of loops) {
    for (const stage of stages) {
      for (const ending of endings) {
        test(`${ending} ends a thread that is idle in stage ${stage} (${loop.backend}, ${loop.kernelWait})`, async () => {
          await expectEnding(node, { ...loop, stage, ending });
        });
      }
    }
  }
}

async function expectEnding(node: string, params: EndingCase): Promise<void> {
  let tookMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && tookMs > LIMIT_MS; attempt++) {
    const { code, signal, stderr, tookMs: now } = await runEnding(node, params);
    expect({ code, signal, stderr: params.ending === 'throw' ? '' : stderr }).toEqual({
      ...expected[params.ending],
      stderr: '',
    });
    tookMs = now;
  }
  expect(tookMs).toBeLessThan(LIMIT_MS);
}
