/** After this many short waits in a row the full budget is tried again; trials that do not pay double the number. */
const SHORTEST_TRIAL_INTERVAL = 8;
const LONGEST_TRIAL_INTERVAL = 512;
/** What ends a sleep may be told so much later, on an idle virtual machine: by the kernel's wake, unless the loop was rung, which
 * tells the time. */
const KERNEL_WAKE_MS = 0.05;
/** A trial has this many stages, unless one ends with nothing: the answers to the first ones show a partner that sleeps that it
 * may wait in user mode as well, and the last ones find it there. */
const TRIAL_STAGES = 5;
/** A wait of up to so many times what the full budget would have caught is short. A stage of a trial is so much longer than
 * others: the answer of a partner that sleeps takes a kernel wake. */
const SHORT_WAIT = 4;
/** One wait that the full budget would have caught says nothing: whoever asks a thread now and then waits as long each time, and
 * long in between. After so many since the last long sleep, a stage is so many times as long as the last of them. */
const LIKELY_WAITS = 2;
const LIKELY_FACTOR = 2;
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
/** After a sleep of that length nobody is waiting for the loop's next answer in user mode: what had paid before is over. */
const IDLE_MS = 100;
/** A preempted spinner pauses its spinning for this long, doubled each time, up to the longest. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 256;

/**
 * How long idling in user mode is worth it, learnt from what happened: it shrinks when a stage ends with nothing and
 * recovers when a message comes within it, or would have. A thread that was preempted while it spun was holding a CPU
 * that others wanted: it stops spinning for a while.
 */
export class IdleBudget {
  /** Share of the configured times to use now: 0 to 1, in a trial more. */
  share = 1;
  /** A wait of that length is long: work that ends one tells nothing, `foundWork` need not hear of it. */
  readonly longMs: number;
  readonly #adaptive: boolean;
  readonly #fullMs: number;
  /** How long the stage took that has just ended with nothing. */
  #stageMs = 0;
  #shortWaits = 0;
  /** Waits since the last long sleep that the full budget would have caught. */
  #wouldHavePaid = 0;
  #unpaid = 0;
  #paidInARow = 0;
  #trialInterval = SHORTEST_TRIAL_INTERVAL;
  /** Stages that are left of the trial under way. */
  #trialStages = 0;
  #pausedUntilMs = 0;
  #pauseMs = SHORTEST_PAUSE_MS;

  /** @param fullMs how long a stage with the full budget is, in milliseconds */
  constructor(adaptive: boolean, fullMs: number) {
    this.#adaptive = adaptive;
    this.#fullMs = fullMs;
    this.longMs = (fullMs + KERNEL_WAKE_MS) * SHORT_WAIT;
  }

  /** Something came in time. */
  paid(): void {
    this.#unpaid = 0;
    if (this.#trialStages === 0 || --this.#trialStages === 0) this.#rise();
    if (++this.#paidInARow < PAID_IN_A_ROW) return;
    this.#trialInterval = SHORTEST_TRIAL_INTERVAL;
    this.#pauseMs = SHORTEST_PAUSE_MS;
  }

  /** Nothing came before the stages were over. */
  expired(): void {
    this.#paidInARow = 0;
    if (!this.#adaptive) return;
    this.#stageMs = this.#fullMs * this.share;
    this.#unpaid++;
    const isTrial = this.#trialStages > 0;
    this.#trialStages = 0;
    const share = this.share * EXPIRED_FACTOR;
    this.share = isTrial || share < SMALLEST_SHARE ? 0 : share;
  }

  #rise(): void {
    this.share = Math.min(1, Math.max(this.share, SMALLEST_SHARE) * PAID_FACTOR);
  }

  /** Makes stages long enough for a wait like the last one. */
  #cover(waitedMs: number): void {
    const share = Math.min(1, (LIKELY_FACTOR * waitedMs) / this.#fullMs);
    this.share = Math.max(this.share, SMALLEST_SHARE, share);
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
   * Work came that no stage waited for. When the full budget would have caught it, and not for the first time since the last long
   * sleep, the budget is made to catch the next, or rises. After other short waits a longer stage than the full one is tried now
   * and then: two loops that both sleep see each other's kernel wake-ups, which are longer than most stages, and were one of them
   * to wait in user mode, both would be faster.
   * @param nowMs the present time
   * @param waitedMs how long the loop had slept when it was rung: its own kernel wake, which a wait in user mode would have spared
   * it, does not count; 0 when the work was there before it could sleep
   */
  foundWork(nowMs: number, waitedMs: number): void {
    const idleMs = waitedMs + this.#stageMs;
    this.#stageMs = 0;
    if (this.share >= 1 || nowMs < this.#pausedUntilMs || waitedMs >= this.longMs) return;
    if (waitedMs < this.#fullMs + KERNEL_WAKE_MS) {
      if (++this.#wouldHavePaid < LIKELY_WAITS) return;
      if (waitedMs > 0 && idleMs < this.#fullMs) return this.#cover(idleMs);
      if (this.#unpaid < UNPAID_LIMIT) return this.#rise();
    }
    if (this.share === 0 && ++this.#shortWaits >= this.#trialInterval) this.#try();
  }

  /**
   * A sleep has ended, whatever ended it.
   * @param sleptMs how long it was, until the loop was rung
   */
  slept(sleptMs: number): void {
    if (sleptMs < this.longMs) return;
    this.#stageMs = 0;
    this.#shortWaits = 0;
    this.#wouldHavePaid = 0;
    if (sleptMs >= IDLE_MS && this.#adaptive) this.share = 0;
  }

  #try(): void {
    this.#shortWaits = 0;
    this.#unpaid = 0;
    this.#trialInterval = Math.min(LONGEST_TRIAL_INTERVAL, this.#trialInterval * 2);
    this.#trialStages = TRIAL_STAGES;
    this.share = SHORT_WAIT;
  }
}
