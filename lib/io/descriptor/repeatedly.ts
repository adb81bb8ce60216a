import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../abort.js';
import type { IoContext } from '../io-context.js';

const SHORTEST_MS = 1;
const LONGEST_MS = 16;

/** Looks again and again, ever more seldom, until there is something: where no ring can wait for it. */
export async function repeatedly<Value>(
  io: IoContext,
  signal: AbortSignal | undefined,
  look: () => Value | undefined,
): Promise<Value> {
  for (let pauseMs = SHORTEST_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_MS)) {
    io.assertOpen();
    throwIfAborted(signal);
    const found = look();
    if (found !== undefined) return found;
    await sleep(pauseMs);
  }
}
