import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { runFixture } from './fixture.js';
import { nativeOrSkip } from './native.js';
import { preloadOrSkip } from './preload.js';

/** What the CPU is to seem, and do; see test/fixtures/umwait-stand-in.c. */
export interface StandIn {
  /** Bits of CPUID to set (+) or clear (−): `+waitpkg,-invariant_tsc`. */
  readonly cpu: string;
  /** Whether UMWAIT and its like are executed; otherwise they fault as the machine has it. */
  readonly executes: boolean;
  /** Limit of one wait, in ticks; 0 or left out: none. */
  readonly limitTicks?: number;
  /** Every how many waits one ends for no reason; 0 or left out: none does. */
  readonly spuriousEvery?: number;
}

/** How often the stand-in did what. */
export type StandInCounts = Record<
  'monitors' | 'waits' | 'pauses' | 'stores' | 'deadlines' | 'limits' | 'spurious',
  number
>;

/** Compiles the stand-in; skips where it has nothing to stand in for. */
function build(context: TestContext): string {
  const { features } = nativeOrSkip(context).cpu;
  if (process.arch !== 'x64') context.skip(`the stand-in is for x86-64, this is ${process.arch}`);
  if (features & CpuFeature.umwait)
    context.skip('this CPU has WAITPKG itself: the instructions do not fault');
  return preloadOrSkip(context, 'umwait-stand-in');
}

/** The environment of a process whose CPU is stood in for, and how to read what the stand-in did once that has ended. */
export function standInFor(
  context: TestContext,
  { cpu, executes, limitTicks = 0, spuriousEvery = 0 }: StandIn,
): { environment: Record<string, string>; counts: () => StandInCounts } {
  const library = build(context);
  const report = `${library}.report`;
  const environment = {
    LD_PRELOAD: library,
    STAND_IN_CPU: cpu,
    STAND_IN_EXECUTE: executes ? '1' : '0',
    STAND_IN_LIMIT_TICKS: String(limitTicks),
    STAND_IN_SPURIOUS: String(spuriousEvery),
    STAND_IN_REPORT: report,
  };
  const counts = (): StandInCounts => {
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    return Object.fromEntries(
      lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
    ) as StandInCounts;
  };
  return { environment, counts };
}

/** Runs a fixture on a CPU that is stood in for. */
export function runStoodIn<T>(
  context: TestContext,
  standIn: StandIn,
  fixture: string,
  given: readonly string[] = [],
): { result: T; counts: StandInCounts } {
  const { environment, counts } = standInFor(context, standIn);
  const result = runFixture<T>(fixture, { arguments: given, environment });
  return { result, counts: counts() };
}
