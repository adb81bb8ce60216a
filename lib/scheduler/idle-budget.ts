/** After this many sleeps without spinning, the full budget is tried again; trials that do not pay double it. */
const SHORTEST_TRIAL_INTERVAL = 32;
const LONGEST_TRIAL_INTERVAL = 512;
/** After this many stages that ended with nothing, short sleeps no longer count as a reason to spin: they may be short
 * just because this thread gave its CPU away. */
const UNPAID_LIMIT = 8;
/** Below this share of the maximum a budget is 0: a spin of a microsecond helps nobody. */
const SMALLEST_SHARE = 1 / 32;
/** A preempted spinner pauses its spinning for this long, doubled each time, up to the longest. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 256;

/**
 * How long idling in user mode is worth it, learnt from what happened: it halves when a stage ends with nothing and
 * recovers when a message comes within it, or would have. A thread that was preempted while it spun was holding a CPU
 * that others wanted: it stops spinning for a while.
 */
export class IdleBudget {
  /** Share of the configured times to use now: 0 to 1. */
  share = 1;
  readonly #adaptive: boolean;
  #sleepsSinceTrial = 0;
  #hadWork = false;
  #unpaid = 0;
  #trialInterval = SHORTEST_TRIAL_INTERVAL;
  #pausedUntilMs = 0;
  #pauseMs = SHORTEST_PAUSE_MS;

  constructor(adaptive: boolean) {
    this.#adaptive = adaptive;
  }

  /** Something came in time. */
  paid(): void {
    this.#unpaid = 0;
    this.#trialInterval = SHORTEST_TRIAL_INTERVAL;
    this.share = Math.min(1, Math.max(this.share, SMALLEST_SHARE) * 2);
    this.#pauseMs = SHORTEST_PAUSE_MS;
  }

  /** Nothing came before the stages were over. */
  expired(): void {
    if (!this.#adaptive) return;
    this.#unpaid++;
    this.share = this.share / 2 < SMALLEST_SHARE ? 0 : this.share / 2;
  }

  /**
   * The thread lost its CPU while it spun.
   * @param nowMs the present time
   */
  preempted(nowMs: number): void {
    if (!this.#adaptive) return;
    this.share = 0;
    this.#pausedUntilMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /**
   * The thread is back from a sleep in the kernel. Now and then, if there was work since, the full budget is tried once
   * more: two loops that both sleep see each other's kernel wake-ups, which are longer than any spin.
   */
  slept(nowMs: number): void {
    if (!this.#adaptive || this.share > 0 || nowMs < this.#pausedUntilMs || !this.#hadWork) return;
    this.#sleepsSinceTrial++;
    if (this.#sleepsSinceTrial < this.#trialInterval) return;
    this.#sleepsSinceTrial = 0;
    this.#hadWork = false;
    this.#unpaid = 0;
    this.#trialInterval = Math.min(LONGEST_TRIAL_INTERVAL, this.#trialInterval * 2);
    this.share = 1;
  }

  /**
   * Work ended a sleep.
   * @param isShort whether the full budget would have caught it
   */
  wokenByWork(nowMs: number, isShort: boolean): void {
    this.#hadWork = true;
    if (!this.#adaptive || !isShort || this.#unpaid >= UNPAID_LIMIT || nowMs < this.#pausedUntilMs) return;
    this.share = Math.min(1, Math.max(this.share, SMALLEST_SHARE) * 2);
  }
}
