import { release } from 'node:os';
import { expect, onTestFinished, type TestContext } from 'vitest';
import type { Native } from 'wakeline/ffi';
import {
  type CompletionHandler,
  Operations,
  Ring,
  type RingMemoryKind,
  RingUnavailableError,
  type SetUpOptions,
  SetupFlag,
  type SetupFlagName,
} from 'wakeline/ring';
import { nativeOrSkip } from './native.js';

export { timespec } from './timespec.js';

/** A ring of a test's own. */
export interface TestRing {
  readonly native: Native;
  readonly ring: Ring;
  readonly operations: Operations;
}

/** Sets up a ring that is closed when the test is over; where the kernel refuses, the test is skipped. */
export function openRing(context: TestContext, options: SetUpOptions = {}): TestRing {
  const native = nativeOrSkip(context);
  try {
    const ring = new Ring(native, options);
    onTestFinished(() => ring.close());
    return { native, ring, operations: new Operations(ring) };
  } catch (error) {
    if (error instanceof RingUnavailableError) context.skip(`the kernel refuses this ring: ${error.code}`);
    throw error;
  }
}

const allFlags = Object.keys(SetupFlag) as SetupFlagName[];

/** The kernel that brought a flag, where those that tests run on may lack it. */
const since: Partial<Record<SetupFlagName, number>> = {
  SUBMIT_ALL: 5.18,
  COOP_TASKRUN: 5.19,
  TASKRUN_FLAG: 5.19,
  SINGLE_ISSUER: 6,
  DEFER_TASKRUN: 6.01,
  NO_SQARRAY: 6.06,
};

/** Skips where a ring came out without flags of its rung, and the kernel is older than they are. */
export function skipUnknownFlags(
  context: TestContext,
  rung: readonly SetupFlagName[],
  flags: readonly SetupFlagName[],
): void {
  const [major, minor] = release().split('.').map(Number);
  const version = major + minor / 100;
  const unknown = rung.filter((flag) => !flags.includes(flag) && version < (since[flag] ?? 0));
  if (unknown.length > 0) context.skip(`this kernel has no ring with ${unknown.join(', ')}`);
}

/** A ring of exactly this rung of the ladder: every flag that is not on it is forbidden, so the better ones are passed over. */
export function openRung(
  context: TestContext,
  rung: readonly SetupFlagName[],
  memory: RingMemoryKind,
  entries: number,
): TestRing {
  const without = allFlags.filter((flag) => !rung.includes(flag) && flag !== 'NO_MMAP' && flag !== 'CQSIZE');
  const opened = openRing(context, { entries, memory, without });
  skipUnknownFlags(context, rung, opened.ring.flags);
  expect(opened.ring.flags).toEqual(memory === 'shared' ? [...rung, 'NO_MMAP'] : rung);
  expect(opened.ring.memory.kind).toBe(memory);
  return opened;
}

/** Collects what one operation, or several, completed with. */
export class Results implements CompletionHandler {
  readonly results: number[] = [];
  readonly flags: number[] = [];

  onCompletion(result: number, flags: number): void {
    this.results.push(result);
    this.flags.push(flags);
  }
}

const LIMIT_MS = 10_000;
const WAIT_MS = 50;

/** Submits, waits and reaps until a condition holds; by default, until nothing is in flight. */
export function drive(
  ring: Ring,
  operations: Operations,
  isDone: () => boolean = () => operations.active === 0,
): void {
  const endMs = performance.now() + LIMIT_MS;
  while (!isDone()) {
    if (performance.now() > endMs)
      throw new Error(`${operations.active} operations are still in flight after ${LIMIT_MS} ms`);
    if (operations.hasDeferred) operations.retryDeferred();
    if (ring.hasWork() || !ring.hasWaitTimeout) ring.flush();
    else ring.wait(WAIT_MS);
    ring.reap(operations, 4096);
  }
}
