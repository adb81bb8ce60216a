/** Returns what it is given. */
export function echo(value: unknown): unknown {
  return value;
}

/** About a millisecond on the machine that the figures in the README are of; the same work on any. */
const ROUNDS = 200_000;

/** Computes for a while. */
export function work(seed: number): number {
  let state = seed | 1;
  for (let i = 0; i < ROUNDS; i++) state = Math.imul(state ^ (state >>> 13), 0x5bd1e995) + i;
  return state | 0;
}

/** Holds its thread until so many of them do: each runs on a thread of its own. */
export function meet({ count, words }: { count: number; words: Int32Array }): void {
  const arrived = Atomics.add(words, 0, 1) + 1;
  if (arrived === count) Atomics.notify(words, 0);
  for (let seen = arrived; seen < count; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen);
}
