import { CounterIndex, nowMs } from '../stats/index.js';
import type { IdleBudget } from './idle-budget.js';
import type { SchedulerParts } from './scheduler.js';
import { SpinEnd, spin as spinOnLine } from './spin.js';
import { Stage } from './stage.js';

const NS_PER_MS = 1e6;

/** The stages of an idle loop in user mode: a spin, and then the CPU's own wait. */
export class UserWait {
  readonly #parts: SchedulerParts;
  readonly #budget: IdleBudget;

  /** @param budget how much of the configured times to use; it is told what came of it */
  constructor(parts: SchedulerParts, budget: IdleBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  /**
   * Spin, then the CPU's wait.
   * @param spinIsSpent the spin of this idling was already spent
   * @returns the stage in which the line changed, or `Stage.none`
   */
  idle(deadlineMs: number, spinIsSpent: boolean): number {
    const { idle } = this.#parts;
    const share = this.#budget.share;
    if (share === 0) return Stage.none;
    const spinMs = spinIsSpent ? 0 : (idle.spinNs * share) / NS_PER_MS;
    if (spinMs > 0 && this.spin(Math.min(deadlineMs, nowMs() + spinMs))) return Stage.spin;
    if (this.#doze(idle.umwaitNs * share, deadlineMs)) return Stage.umwait;
    if (spinMs > 0 || idle.umwaitNs > 0) this.#budget.expired();
    return Stage.none;
  }

  /** Spins until the line changes or the deadline; looks at libuv between slices where the line does not show it. */
  spin(untilMs: number): boolean {
    const { line, reaped, kernelWait, counters, mailbox } = this.#parts;
    const sliceMs = kernelWait.sliceNs / NS_PER_MS;
    for (;;) {
      const now = nowMs();
      const end = spinOnLine(line, reaped(), Math.min(untilMs, now + sliceMs), mailbox.spinQueues);
      if (end === SpinEnd.changed) {
        this.#budget.paid();
        return true;
      }
      if (end === SpinEnd.preempted) {
        counters[CounterIndex.preemptions]++;
        this.#budget.preempted(nowMs());
        if (this.#budget.share === 0) return false;
      }
      if (nowMs() >= untilMs || kernelWait.isLibuvDue()) {
        counters[CounterIndex.spinsExpired]++;
        return false;
      }
    }
  }

  #doze(nanoseconds: number, deadlineMs: number): boolean {
    const { waiter, reaped, kernelWait, counters, sleep } = this.#parts;
    if (waiter.name === 'none') return false;
    let leftNs = Math.min(nanoseconds, (deadlineMs - nowMs()) * NS_PER_MS);
    // The wait watches the line alone.
    if (leftNs > 0 && sleep.findMailOnLeavingBusy()) return true;
    while (leftNs > 0 && !kernelWait.wasLibuvDue()) {
      const sliceNs = Math.min(leftNs, kernelWait.sliceNs);
      if (waiter.wait(reaped(), sliceNs)) {
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
