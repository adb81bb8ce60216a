/** Words of the memory that the two rivals of fixtures/rival-poster.ts share with their test. */
export const Rival = {
  /** Rounds that the leader has begun; −1: the end. */
  round: 0,
  /** Rounds that the follower has finished. */
  followed: 1,
  /** Kernel wakes that both rivals made. */
  kernelWakes: 2,
  /** Rounds in all. */
  rounds: 3,
  words: 4,
} as const;

/** Looks at a word until it is something else; gives the CPU away now and then. */
export function awaitChange(words: Int32Array, index: number, value: number): number {
  for (let looks = 1; ; looks++) {
    const now = Atomics.load(words, index);
    if (now !== value) return now;
    if (looks % 5000 === 0) Atomics.wait(words, index, value, 0.1);
  }
}
