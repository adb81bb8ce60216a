import type { SchedulerParts } from './scheduler-parts.js';

/**
 * Lets the hook sleep by itself, when there is nothing to do before.
 * @param budgetShare share of the idle times that the loop waits in user mode before it sleeps
 * @returns whether it may
 */
export function letRest(parts: SchedulerParts, budgetShare: number): boolean {
  const { nap, idle, kernelWait, mailbox, ring, offerToLetGo } = parts;
  if (nap === undefined || (budgetShare > 0 && idle.spinNs + idle.umwaitNs > 0)) return false;
  if (mailbox.isBusy || !kernelWait.isArmed) return false;
  if (ring !== undefined && !ring.isSubmitted) return false;
  // At the queues themselves: the hook looks only at the line, though at all of it.
  if (mailbox.look()) return false;
  offerToLetGo();
  nap.allow(mailbox.seenDeaths);
  return true;
}
