/** After this many short waits in a row the full budget is tried again; trials that do not pay double the number. */
const SHORTEST_TRIAL_INTERVAL = 8;
const LONGEST_TRIAL_INTERVAL = 512;
/** A trial is over when this many stages in a row have ended with nothing. */
const TRIAL_STAGES = 3;
/** A wait of up to so many times what the full budget would have caught is short. */
const SHORT_WAIT = 4;
/** After this many stages that ended with nothing, short sleeps no longer count as a reason to spin: they may be short
 * just because this thread gave its CPU away. */
const UNPAID_LIMIT = 8;
/** A stage that ends with nothing costs all of its time, one that pays saves less: where every other one pays, the budget
 * must shrink. */
const EXPIRED_FACTOR = 1 / 4;
const PAID_FACTOR = 2;
/** Below this share of the maximum a budget is 0: a spin of a microsecond helps nobody. */
const SMALLEST_SHARE = 1 / 32;
/** So many stages in a row that pay are no chance: trials become frequent again, and pauses short. */
const PAID_IN_A_ROW = 8;
/** A preempted spinner pauses its spinning for this long, doubled each time, up to the longest. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 256;

/**
 * How long idling in user mode is worth it, learnt from what happened: it shrinks when a stage ends with nothing and
 * recovers when a message comes within it, or would have. A thread that was preempted while it spun was holding a CPU
 * that others wanted: it stops spinning for a while.
 */
export class IdleBudget {
  /** Share of the configured times to use now: 0 to 1. */
  share = 1;
  readonly #adaptive: boolean;
  readonly #worthMs: number;
  #shortWaits = 0;
  #unpaid = 0;
  #paidInARow = 0;
  #trialInterval = SHORTEST_TRIAL_INTERVAL;
  /** Stages of the trial under way that may still end with nothing. */
  #trialStages = 0;
  #pausedUntilMs = 0;
  #pauseMs = SHORTEST_PAUSE_MS;

  /** @param worthMs the full budget would have caught what ends a shorter wait, in milliseconds */
  constructor(adaptive: boolean, worthMs: number) {
    this.#adaptive = adaptive;
    this.#worthMs = worthMs;
  }

  /** Something came in time. */
  paid(): void {
    this.#unpaid = 0;
    this.#trialStages = 0;
    this.#rise();
    if (++this.#paidInARow < PAID_IN_A_ROW) return;
    this.#trialInterval = SHORTEST_TRIAL_INTERVAL;
    this.#pauseMs = SHORTEST_PAUSE_MS;
  }

  /** Nothing came before the stages were over. */
  expired(): void {
    this.#paidInARow = 0;
    if (!this.#adaptive) return;
    this.#unpaid++;
    if (this.#trialStages > 0) {
      if (--this.#trialStages === 0) this.share = 0;
      return;
    }
    const share = this.share * EXPIRED_FACTOR;
    this.share = share < SMALLEST_SHARE ? 0 : share;
  }

  #rise(): void {
    this.share = Math.min(1, Math.max(this.share, SMALLEST_SHARE) * PAID_FACTOR);
  }

  /**
   * The thread lost its CPU while it spun.
   * @param nowMs the present time
   */
  preempted(nowMs: number): void {
    this.#paidInARow = 0;
    if (!this.#adaptive) return;
    this.share = 0;
    this.#trialStages = 0;
    this.#pausedUntilMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /**
   * Work came that no stage waited for. When the full budget would have caught it, the budget rises. After other short
   * waits the full one is tried now and then: two loops that both sleep see each other's kernel wake-ups, which are longer
   * than any spin, and were one of them to wait in user mode, both would be faster.
   * @param nowMs the present time
   * @param waitedMs how long the loop had slept; 0 when the work was there before it could
   */
  foundWork(nowMs: number, waitedMs: number): void {
    if (!this.#adaptive || nowMs < this.#pausedUntilMs || waitedMs >= this.#worthMs * SHORT_WAIT) return;
    if (waitedMs < this.#worthMs && this.#unpaid < UNPAID_LIMIT) this.#rise();
    else if (this.share === 0 && ++this.#shortWaits >= this.#trialInterval) this.#try();
  }

  /**
   * A sleep has ended, whatever ended it.
   * @param sleptMs how long it was
   */
  slept(sleptMs: number): void {
    if (sleptMs >= this.#worthMs * SHORT_WAIT) this.#shortWaits = 0;
  }

  #try(): void {
    this.#shortWaits = 0;
    this.#unpaid = 0;
    this.#trialInterval = Math.min(LONGEST_TRIAL_INTERVAL, this.#trialInterval * 2);
    this.#trialStages = TRIAL_STAGES;
    this.share = 1;
  }
}
