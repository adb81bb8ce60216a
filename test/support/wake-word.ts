import { onTestFinished, type TestContext } from 'vitest';
import { type RingMemoryKind, type SetupFlagName, setUpLadder } from 'wakeline/ring';
import { drive, openRung, Results } from './ring-driver.js';
import { openSlot } from './slots.js';

const BATCH = 256;

/** Counts, and keeps nothing. */
class Count extends Results {
  count = 0;
  override onCompletion(): void {
    this.count++;
  }
}

/** Every kind of ring that the runtime may choose, best first: what it is called, its flags and its memory. */
export const ringKinds: readonly (readonly [
  name: string,
  rung: readonly SetupFlagName[],
  memory: RingMemoryKind,
])[] = setUpLadder.flatMap((rung) =>
  (['shared', 'mapped'] as const).map((memory) => {
    const flags = rung.length === 0 ? 'no flags' : rung.join(', ');
    return [`${memory} memory, ${flags}`, rung, memory] as const;
  }),
);

/**
 * Has a ring post completions, and stores a fresh value to its wake word before each batch. Most complete while they are
 * submitted; one a batch comes later, by task work, for which the kernel may also set SQ_TASKRUN in the word's line.
 * @returns how many values did not stay what they were
 */
export function countLostWords(
  context: TestContext,
  rung: readonly SetupFlagName[],
  memory: RingMemoryKind,
  completions: number,
): number {
  const { native, ring, operations } = openRung(context, rung, memory, BATCH);
  const { slot, eventFd, close } = openSlot(native);
  onTestFinished(close);
  const index = ring.wakeWord.wakeWord! / 4;
  const { words } = ring.memory;
  const handler = new Count();
  let lost = 0;
  for (let value = 1; handler.count < completions; value++) {
    words[index] = value;
    operations.pollReadable(handler, eventFd, false);
    for (let count = 1; count < BATCH; count++) operations.nop(handler);
    ring.flush();
    native.system.kernelWake(slot);
    const isKept = Atomics.load(words, index) === value;
    drive(ring, operations);
    native.system.eventfdDrain(eventFd);
    if (!isKept || Atomics.load(words, index) !== value) lost++;
  }
  return lost;
}
