import { onTestFinished, type TestContext } from 'vitest';
import type { Native } from 'wakeline/ffi';
import {
  type CompletionHandler,
  Operations,
  Ring,
  RingUnavailableError,
  type SetUpOptions,
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
