import type { SchedulerParts } from './scheduler-parts.js';

/**
 * Lets the hook sleep by itself, when there is nothing to do before. Messages show on the line, which the hook looks at: a loop
 * that was busy has looked at its queues since, behind the fence with which it stopped being that.
 * @param budgetShare share of the idle times that the loop waits in user mode before it sleeps
 * @returns whether it may
 */
export function letRest(parts: SchedulerParts, budgetShare: number): boolean {
  const { nap, idle, kernelWait, mailbox, ring, keepAlive } = parts;
  if (nap === undefined || (budgetShare > 0 && idle.spinNs + idle.umwaitNs > 0)) return false;
  if (mailbox.isBusy || mailbox.hasBacklog || !kernelWait.isArmed) return false;
  if (ring !== undefined && !ring.isSubmitted) return false;
  keepAlive.offer();
  nap.allow(mailbox.seenDeaths);
  return true;
}
