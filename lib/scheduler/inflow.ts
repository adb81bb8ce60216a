const NS_PER_US = 1000;
/** From so many bytes between two sleeps on, more of them at once are cheaper than the same sooner. */
const BULK_BYTES = 65_536;
/** The streams that bring something are counted anew after so many sleeps. */
const CENSUS_SLEEPS = 8;
/** From so many streams on, the next of them follow each other closely. */
const CROWD_STREAMS = 32;
/** Part of a crowd that one sleep gathers. */
const CROWD_SHARE = 1 / 4;
/** Completions that one sleep gathers, at the most. */
const MOST_COMPLETIONS = 16;

/**
 * What streams bring to a loop, and so how much a sleep had better gather: go on for up to `gatherNs` of `IdleSettings` until so
 * many completions are there. Otherwise a bulk transfer wakes the thread for each piece of it, and a crowd of clients for each
 * request (docs/decisions/025).
 */
export class Inflow {
  /** Longest time that a sleep gathers, in microseconds. */
  readonly gatherUs: number;
  /** Whether something has come since the last sleep. */
  isActive = false;
  /** Bytes received since the last sleep, and since the loop sent something: who sends may be waited for. */
  bytes = 0;
  /** Number of the count of streams under way. Each counts itself in `streams` when it first brings something ... */
  census = 1;
  /** ... in it. */
  streams = 0;
  #sleeps = 0;
  #crowd = 0;

  /** @param gatherNs see `IdleSettings`; 0 where the kernel cannot */
  constructor(gatherNs: number) {
    this.gatherUs = Math.ceil(gatherNs / NS_PER_US);
  }

  /** The loop is about to sleep; returns how many completions that is for. */
  completionsToAwait(): number {
    const isBulk = this.bytes >= BULK_BYTES;
    this.isActive = false;
    this.bytes = 0;
    if (++this.#sleeps === CENSUS_SLEEPS) this.#endCensus();
    if (isBulk) return MOST_COMPLETIONS;
    return this.#crowd < CROWD_STREAMS
      ? 1
      : Math.min(MOST_COMPLETIONS, Math.floor(this.#crowd * CROWD_SHARE));
  }

  #endCensus(): void {
    this.#crowd = this.streams;
    this.#sleeps = 0;
    this.streams = 0;
    this.census = (this.census + 1) | 0;
  }
}
