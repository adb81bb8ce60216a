import { CounterIndex, nowMs } from '../stats/index.js';
import type { IdleBudget } from './idle-budget.js';
import type { SchedulerParts } from './scheduler-parts.js';
import { glance, PREEMPTION_MS, SpinEnd, spin as spinOnLine } from './spin.js';
import { Stage } from './stage.js';

const NS_PER_MS = 1e6;
/** A spin offers its CPU after so long to others that wait for it: answers of a thread on another CPU come sooner. */
const YIELD_AFTER_MS = 0.01;
/** A partner that was offered the CPU has answered before that; who keeps it for longer wants it for itself (EEVDF's slice is 3 ms). */
const STRANGER_MS = 1;

/** The stages of an idle loop in user mode: a spin, and then the CPU's own wait. */
export class UserWait {
  readonly #parts: SchedulerParts;
  readonly #budget: IdleBudget;
  /** The spin of the next idling was already spent, at the end of the last turn. */
  spinIsSpent = false;
  /** How long the last offer of the CPU took. */
  #offeredMs = 0;

  /** @param budget how much of the configured times to use; it is told what came of it */
  constructor(parts: SchedulerParts, budget: IdleBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  /**
   * Spin, then the CPU's wait.
   * @returns the stage in which the line changed, or `Stage.none`
   */
  idle(deadlineMs: number): number {
    const { idle } = this.#parts;
    const share = this.#budget.share;
    const spinIsSpent = this.spinIsSpent;
    this.spinIsSpent = false;
    if (share === 0) return Stage.none;
    const spinMs = spinIsSpent ? 0 : (idle.spinNs * share) / NS_PER_MS;
    if (spinMs > 0 && this.spin(Math.min(deadlineMs, nowMs() + spinMs))) return Stage.spin;
    if (this.#doze(idle.umwaitNs * share, deadlineMs)) return Stage.umwait;
    if (spinMs > 0 || idle.umwaitNs > 0) this.#budget.expired();
    return Stage.none;
  }

  /** Waits a little for more before libuv gets its turn. Returns whether more came. */
  linger(quotaEndMs: number): boolean {
    const { idle, kernelWait, line, completions, mailbox } = this.#parts;
    const spinMs = (idle.spinNs * this.#budget.share) / NS_PER_MS;
    if (spinMs === 0) return false;
    if (glance(line, completions.reaped, mailbox.spinQueues)) return true;
    const now = nowMs();
    if (now >= quotaEndMs) return false;
    const wholeMs = now + spinMs;
    const untilMs = Math.min(wholeMs, now + kernelWait.sliceNs / NS_PER_MS, quotaEndMs);
    // The state stays what it is: to posters that is the same as waiting, and each store to it would cost them a cache miss.
    if (this.spin(untilMs)) return true;
    this.spinIsSpent = untilMs === wholeMs;
    return false;
  }

  /**
   * Spins until the line changes or the deadline. Between slices it looks at libuv where the line does not show it, and
   * once it offers the CPU: to the thread whose answer it waits for, perhaps, or to one that compiles for both.
   */
  spin(untilMs: number): boolean {
    const { line, completions, kernelWait, counters, mailbox } = this.#parts;
    let sliceMs = YIELD_AFTER_MS;
    this.#offeredMs = 0;
    for (;;) {
      const sliceEndMs = Math.min(untilMs, nowMs() + sliceMs);
      const end = spinOnLine(line, completions.reaped, sliceEndMs, mailbox.spinQueues);
      if (end === SpinEnd.changed) {
        this.#tellBudget();
        return true;
      }
      if (end === SpinEnd.preempted && this.#isStopped()) return false;
      if (nowMs() >= untilMs || kernelWait.isLibuvDue()) {
        counters[CounterIndex.spinsExpired]++;
        return false;
      }
      if (sliceMs === YIELD_AFTER_MS && this.#yield() === SpinEnd.preempted && this.#isStopped())
        return false;
      sliceMs = kernelWait.sliceNs / NS_PER_MS;
    }
  }

  /** Something has come. Asleep, this thread would have had it sooner if a stranger had the CPU meanwhile: that did not pay. */
  #tellBudget(): void {
    if (this.#offeredMs > STRANGER_MS) this.#budget.expired();
    else this.#budget.paid();
  }

  /** Lets others run who wait for this CPU. Preempted: that took long, and brought nothing. */
  #yield(): number {
    const { counters, system, line, completions, mailbox } = this.#parts;
    const beforeMs = nowMs();
    counters[CounterIndex.callsYield]++;
    system.yieldCpu();
    this.#offeredMs = nowMs() - beforeMs;
    if (this.#offeredMs <= PREEMPTION_MS || glance(line, completions.reaped, mailbox.spinQueues))
      return SpinEnd.expired;
    return SpinEnd.preempted;
  }

  /** The CPU was taken away. Returns whether the spin is over. */
  #isStopped(): boolean {
    this.#parts.counters[CounterIndex.preemptions]++;
    this.#budget.preempted(nowMs());
    return this.#budget.share === 0;
  }

  #doze(nanoseconds: number, deadlineMs: number): boolean {
    const { waiter, completions, kernelWait, counters, sleep } = this.#parts;
    if (waiter.name === 'none') return false;
    let leftNs = Math.min(nanoseconds, (deadlineMs - nowMs()) * NS_PER_MS);
    // The wait watches the line alone.
    if (leftNs > 0 && sleep.findMailOnLeavingBusy()) return true;
    while (leftNs > 0 && !kernelWait.wasLibuvDue()) {
      const sliceNs = Math.min(leftNs, kernelWait.sliceNs);
      if (waiter.wait(completions.reaped, sliceNs)) {
        this.#budget.paid();
        return true;
      }
      leftNs -= sliceNs;
      if (leftNs > 0 && kernelWait.isLibuvDue()) break;
    }
    if (nanoseconds > 0) counters[CounterIndex.umwaitsExpired]++;
    return false;
  }
}
