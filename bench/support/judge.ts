import type { Case, Outcome } from './case.js';

/** Two figures as a ratio that is larger when ours is better. */
export function ratioOf(ours: number, theirs: number, direction: Case['direction']): number {
  // Nothing against nothing, as with system calls that neither makes: as good as each other.
  if (ours === theirs) return 1;
  return direction === 'lower' ? theirs / ours : ours / theirs;
}

/** Puts the two medians of a case together, and says whether the target is met. */
export function judge(suite: string, item: Case, ours: number, theirs: number): Outcome {
  const ratio = ratioOf(ours, theirs, item.direction);
  const met = item.target === null ? null : ratio >= item.target;
  return {
    suite,
    case: item.name,
    unit: item.unit,
    ours,
    peer: item.peer,
    theirs,
    ratio,
    target: item.target,
    met,
  };
}
