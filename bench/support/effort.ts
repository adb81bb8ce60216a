import type { Effort, Suite } from './case.js';

const quick: Effort = { isQuick: true, rounds: 3, limitMs: 18_000, warmUpMs: 600, measureMs: 100 };
const thorough: Effort = { isQuick: false, rounds: 9, limitMs: 900_000, warmUpMs: 1_000, measureMs: 500 };

/** How often and how long a suite's cases are measured. */
export function effortOf(suite: Suite, isQuick: boolean): Effort {
  return isQuick ? quick : { ...thorough, rounds: suite.rounds ?? thorough.rounds };
}
