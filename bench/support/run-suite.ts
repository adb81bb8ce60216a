import type { Case, Effort, Outcome, Suite } from './case.js';
import { judge } from './judge.js';
import { median } from './median.js';

type Run = () => Promise<number>;

/** What a suite's measurement came to. */
export interface SuiteResult {
  readonly outcomes: readonly Outcome[];
  /** How many runs each median is of. */
  readonly rounds: number;
}

/**
 * Measures a suite. In each round every side runs once, one after the other, so that a disturbance of the machine
 * meets all of them; a figure is the median over the rounds.
 * @param tell called with what is being done, for whoever waits
 */
export async function runSuite(
  suite: Suite,
  effort: Effort,
  tell: (text: string) => void,
): Promise<SuiteResult> {
  const beginMs = performance.now();
  tell(`${suite.name}: preparing`);
  const { cases, cleanUp } = await suite.prepare(effort);
  try {
    const { samples, rounds } = await sampleRounds(suite.name, cases, effort, beginMs, tell);
    const figure = (run: Run) => median(samples.get(run)!);
    return {
      rounds,
      outcomes: cases.map((item) => judge(suite.name, item, figure(item.ours), figure(item.theirs))),
    };
  } finally {
    await cleanUp?.();
  }
}

async function sampleRounds(
  name: string,
  cases: readonly Case[],
  effort: Effort,
  beginMs: number,
  tell: (text: string) => void,
) {
  const samples = new Map<Run, number[]>();
  const names = new Map<Run, string>();
  for (const item of cases) {
    names.set(item.ours, item.name).set(item.theirs, `${item.name}: ${item.peer}`);
    samples.set(item.ours, []).set(item.theirs, []);
  }
  const firstMs = performance.now();
  let rounds = 0;
  while (rounds < effort.rounds) {
    const nowMs = performance.now();
    const roundMs = rounds === 0 ? 0 : (nowMs - firstMs) / rounds;
    if (rounds > 0 && nowMs + roundMs > beginMs + effort.limitMs) break;
    for (const [run, figures] of samples) {
      tell(`${name}: round ${rounds + 1} of ${effort.rounds}: ${names.get(run)}`);
      figures.push(await run());
    }
    rounds++;
  }
  return { samples, rounds };
}
