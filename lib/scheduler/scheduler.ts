import { CounterIndex, nowMs } from '../stats/index.js';
import { IdleBudget } from './idle-budget.js';
import { KernelWaitEnd } from './kernel-wait.js';
import { letRest } from './rest.js';
import type { SchedulerParts } from './scheduler-parts.js';
import { Stage } from './stage.js';
import { UserWait } from './user-wait.js';

const NS_PER_MS = 1e6;

const wakeCounters = [
  CounterIndex.wakesAwake,
  CounterIndex.wakesSpin,
  CounterIndex.wakesUmwait,
  CounterIndex.wakesKernel,
] as const;

/** Runs nextTicks and microtasks, as Node does between two callbacks; without it each libuv iteration has one turn. */
const runTicks: (() => void) | undefined = (process as { _tickCallback?: () => void })._tickCallback?.bind(
  process,
);

/**
 * Turns and idling of one loop. libuv calls `onPrepare` before each of its polls: there the loop is idle and waits. If
 * anything came, turns run as ordinary Node callbacks: inside the hook, where the wait would have shown that libuv has something
 * to do; inside libuv's poll, where that did the blocking; else in a `setImmediate`.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #budget: IdleBudget;
  readonly #userWait: UserWait;
  readonly #onImmediate = (): void => this.#startSoonTurns();
  #turnIsScheduled = false;
  /** Turns have run in the hook since libuv's last poll. */
  #hasTurnedInHook = false;
  /** When the turns began that libuv waits for: it gets its turn after the quota, however much work comes meanwhile. */
  #begunMs = 0;
  #quotaEndMs = 0;
  #isStopped = false;
  #isInTurns = false;
  #stage: number = Stage.awake;
  #asleepSinceMs = 0;
  #sleptMs = 0;
  /** The ring has nothing for the next turn. */
  #skipsRing = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { idle } = parts;
    this.#budget = new IdleBudget(idle.adaptive, (idle.spinNs + idle.umwaitNs) / NS_PER_MS);
    this.#userWait = new UserWait(parts, this.#budget);
  }

  /** Stops: what was scheduled does nothing any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Runs a turn soon. */
  requestTurn(): void {
    if (!this.#isInTurns) this.#scheduleTurn(Stage.awake);
  }

  /** Something ended the kernel wait that libuv made for us, and is to have its turn soon. */
  wokenByLibuv(): void {
    this.#endSleep();
    this.#scheduleTurn(Stage.kernel);
  }

  /** Runs turns, inside libuv's poll: what it watched for us has come. What a callback throws comes out of it. */
  runInPoll(): void {
    const wokenMs = this.#endSleep();
    this.#stage = Stage.kernel;
    this.#startTurns(wokenMs || nowMs());
    this.#rest();
  }

  #scheduleTurn(stage: number): void {
    if (this.#turnIsScheduled) return;
    this.#turnIsScheduled = true;
    this.#stage = stage;
    setImmediate(this.#onImmediate);
  }

  /**
   * The uv_prepare hook: waits, and runs no user code.
   * @param uvTimeoutMs how long libuv would wait now: 0 not at all, −1 without limit
   * @returns whether to run turns now, by `runInHook`, and then to call this again
   */
  onPrepare(uvTimeoutMs: number): boolean {
    const { uv, sleep, keepAlive, kernelWait } = this.#parts;
    this.#endSleep();
    sleep.run();
    // When nothing holds the thread any more, libuv may have nothing to wait for.
    const timeoutMs = keepAlive.sync() ? uv.backendTimeoutMs() : uvTimeoutMs;
    if (this.#hasTurnedInHook && kernelWait.wasLibuvDue()) this.#scheduleTurn(Stage.awake);
    else if (!this.#turnIsScheduled && this.#hasNewWork()) {
      if (timeoutMs !== 0 && this.#mayTurnInHook()) return true;
      this.#scheduleTurn(Stage.awake);
    }
    this.#hasTurnedInHook = false;
    if (!kernelWait.showsLibuv) {
      this.#parts.ring?.submit();
      if (this.#rest()) return false;
    }
    if (!this.#turnIsScheduled && timeoutMs !== 0) return this.#idle(timeoutMs);
    this.#parts.ring?.submit();
    // libuv may block now although it said 0, when it has fds to add to its epoll set; while this loop counts as running,
    // nobody would wake it. A turn keeps libuv from blocking, and comes back here with those fds added.
    if (!this.#turnIsScheduled && uv.isAlive()) this.#scheduleTurn(Stage.awake);
    return false;
  }

  /** Work came after the last turn. Returns whether it may have its turn before libuv does. */
  #mayTurnInHook(): boolean {
    const { kernelWait } = this.#parts;
    if (!kernelWait.showsLibuv || runTicks === undefined) return false;
    if (this.#hasTurnedInHook && nowMs() >= this.#quotaEndMs) return false;
    // Goes out with the turn's own submissions.
    kernelWait.beforeIdle(false);
    return true;
  }

  /** Runs turns, inside the hook. What a callback throws comes out of it. */
  runInHook(): void {
    const begunMs = this.#hasTurnedInHook ? this.#begunMs : nowMs();
    this.#hasTurnedInHook = true;
    this.#startTurns(begunMs);
    this.#rest();
  }

  /** The same, after the hook has slept by itself. */
  runAfterNap(): void {
    const wokenMs = this.#noteNap();
    this.#stage = Stage.kernel;
    this.#skipsRing = this.#parts.nap!.isMailOnly;
    this.#hasTurnedInHook = true;
    this.#startTurns(wokenMs || nowMs());
    this.#rest();
  }

  /** Lets the hook sleep by itself, if it may. Returns whether. */
  #rest(): boolean {
    return !this.#turnIsScheduled && !this.#isStopped && letRest(this.#parts, this.#budget.share);
  }

  /** Returns when the hook's sleep ended; 0: it has not slept by itself. */
  #noteNap(): number {
    const { nap, sleep } = this.#parts;
    if (nap === undefined || !nap.take()) return 0;
    sleep.noteNap();
    this.#hasTurnedInHook = false;
    this.#sleptMs = nap.sleptMs;
    this.#budget.slept(nap.longestMs);
    return nap.wokenMs;
  }

  /** Work came while the loop was idle. Returns whether its turn is to be run in the hook. */
  #turnSoon(stage: number): boolean {
    if (!this.#parts.kernelWait.showsLibuv || runTicks === undefined) {
      this.#scheduleTurn(stage);
      return false;
    }
    this.#stage = stage;
    return true;
  }

  /** Whether work has come since the last turn, for which the loop did not wait. */
  #hasNewWork(): boolean {
    if (!this.#hasWork()) return false;
    if (this.#budget.share < 1) this.#budget.foundWork(nowMs(), 0);
    return true;
  }

  #hasWork(): boolean {
    const { mailbox, line, completions } = this.#parts;
    if (mailbox.hasBacklog || line.hasNews(completions.reaped)) return true;
    return (mailbox.isBusy || !line.hasWakeWord) && mailbox.hasMail();
  }

  #idle(timeoutMs: number): boolean {
    const { sleep, kernelWait, uv, mailbox } = this.#parts;
    const deadlineMs = timeoutMs < 0 ? Number.POSITIVE_INFINITY : nowMs() + timeoutMs;
    kernelWait.beforeIdle(this.#budget.share > 0);
    sleep.wait();
    const stage = this.#userWait.idle(deadlineMs);
    if (stage !== Stage.none) {
      sleep.run();
      return this.#turnSoon(stage);
    }
    if (nowMs() >= deadlineMs) {
      sleep.run();
      // libuv's clock still shows the time before this wait; with it, the timers that are due would wait once more.
      uv.updateTime();
      this.#parts.ring?.submit();
      if (uv.backendTimeoutMs() !== 0) this.#scheduleTurn(Stage.awake);
      return false;
    }
    // libuv finds out by itself where it does the blocking; then only a busy loop asks, whose way to sleep is dear.
    const isLibuvDue = mailbox.isBusy ? kernelWait.isLibuvDue() : kernelWait.wasLibuvDue();
    if (!isLibuvDue) return this.#sleep(deadlineMs);
    sleep.run();
    this.#scheduleTurn(Stage.awake);
    return false;
  }

  #sleep(deadlineMs: number): boolean {
    const { sleep, kernelWait, uv, counters } = this.#parts;
    let timeoutMs = deadlineMs === Number.POSITIVE_INFINITY ? -1 : Math.max(0, deadlineMs - nowMs());
    for (;;) {
      if (!sleep.tryEnter()) return this.#turnSoon(Stage.awake);
      this.#asleepSinceMs = nowMs();
      const end = kernelWait.block(timeoutMs);
      if (end === KernelWaitEnd.leftToLibuv) return false;
      this.#endSleep();
      if (end === KernelWaitEnd.woken) return this.#turnSoon(Stage.kernel);
      uv.updateTime();
      timeoutMs = uv.backendTimeoutMs();
      if (timeoutMs === 0) {
        counters[CounterIndex.wakesLibuv]++;
        return false;
      }
    }
  }

  /** The same, of a sleep of either kind; 0 if it was not the hook's. */
  #endSleep(): number {
    const wokenMs = this.#noteNap();
    if (this.#asleepSinceMs === 0) return wokenMs;
    this.#sleptMs = this.#parts.sleep.exit(this.#asleepSinceMs);
    this.#asleepSinceMs = 0;
    this.#budget.slept(this.#sleptMs);
    return wokenMs;
  }

  #startSoonTurns(): void {
    // The slot may be another loop's by now.
    if (this.#isStopped) return;
    this.#endSleep();
    this.#startTurns(nowMs());
  }

  #startTurns(begunMs: number): void {
    if (this.#isStopped) return;
    this.#begunMs = begunMs;
    this.#quotaEndMs = begunMs + this.#parts.taskQuotaMs;
    this.#turnIsScheduled = false;
    this.#userWait.spinIsSpent = false;
    this.#isInTurns = true;
    let isDone = false;
    try {
      while (this.#turn());
      isDone = true;
    } finally {
      this.#isInTurns = false;
      // A callback threw: Node reports it as for any callback, and the turn goes on behind it.
      if (!isDone) this.#scheduleTurn(Stage.awake);
    }
  }

  /** One turn: completions, messages, and whatever promises they settle. Returns whether another one follows at once. */
  #turn(): boolean {
    const { ring, mailbox, counters, kernelWait, sleep } = this.#parts;
    let done = ring === undefined || this.#skipsRing ? 0 : ring.poll();
    this.#skipsRing = false;
    done += mailbox.poll();
    const stage = this.#stage;
    this.#stage = Stage.awake;
    if (done > 0) {
      sleep.noteWork();
      counters[CounterIndex.turns]++;
      counters[wakeCounters[stage]]++;
      if (stage === Stage.kernel && this.#sleptMs < this.#budget.longMs)
        this.#budget.foundWork(this.#begunMs, this.#sleptMs);
      runTicks?.();
    } else if (stage !== Stage.awake && kernelWait.wasLibuvDue()) counters[CounterIndex.wakesLibuv]++;
    const submits = ring !== undefined && !ring.isSubmitted;
    if (submits) ring.submit();
    if (this.#isStopped) return false;
    if (runTicks === undefined) {
      if (done > 0) this.#scheduleTurn(Stage.awake);
      return false;
    }
    // Whoever is asked now and then has no second message waiting; if there is one, the next sleep finds it.
    if (done === 1 && !submits && stage === Stage.kernel && this.#budget.share === 0) return false;
    if (this.#hasWork()) {
      if (nowMs() < this.#quotaEndMs) return true;
      this.#scheduleTurn(Stage.awake);
      return false;
    }
    // Waits a little for more before libuv gets its turn.
    if (this.#budget.share === 0 || kernelWait.wasLibuvDue()) return false;
    if (!this.#userWait.linger(this.#quotaEndMs)) return false;
    this.#stage = Stage.spin;
    return true;
  }
}
