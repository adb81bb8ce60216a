import { expect, type TestContext, test } from 'vitest';
import { WaitEnd } from 'wakeline/ffi';
import { runStoodIn, type StandIn, type StandInCounts } from './stand-in.js';

// UMWAIT under a stand-in for the CPU, which is test code: the exit by the operating system's limit and spurious ends
// cannot be had on demand from real or emulated hardware. Real instructions are tested in the emulator.

/** Surroundings of UMWAIT, by name. */
export const umwaitSurroundings: Readonly<Record<string, StandIn>> = {
  'without a limit': { cpu: '+waitpkg', executes: true },
  'with the default limit': { cpu: '+waitpkg', executes: true, limitTicks: 100_000 },
  'with a limit of one tick': { cpu: '+waitpkg', executes: true, limitTicks: 1 },
  'when every wait ends for no reason': { cpu: '+waitpkg', executes: true, spuriousEvery: 1 },
  'when every third wait ends for no reason, with the limit': {
    ...{ cpu: '+waitpkg', executes: true, spuriousEvery: 3 },
    limitTicks: 100_000,
  },
};

interface UmwaitCase {
  readonly end: number;
  readonly changed: number;
  readonly waits: number;
  readonly limited: number;
  readonly waitMs: number;
  readonly tookMs: number;
}

type UmwaitCases = Record<'alone' | 'sameLine' | 'otherLine', UmwaitCase>;

/** The rate of the time-stamp counter was measured, to a part in a thousand. */
const EARLIEST = 0.998;
/** The package tries the instruction once when it is loaded. */
const TRIALS = 1;

/** Tests of single waits: the deadline, another thread's store, the counts. */
export function describeUmwait(when: string): void {
  const standIn = umwaitSurroundings[when];
  let ran: { result: UmwaitCases; counts: StandInCounts } | undefined;
  const run = (context: TestContext): { result: UmwaitCases; counts: StandInCounts } => {
    ran ??= runStoodIn<UmwaitCases>(context, standIn, 'umwait-cases');
    return ran;
  };

  test(`umwait waits to its deadline (${when})`, (context) => {
    const { alone } = run(context).result;
    expect(alone).toMatchObject({ end: WaitEnd.deadline, changed: 0 });
    expect(alone.tookMs).toBeGreaterThanOrEqual(alone.waitMs * EARLIEST);
    if (standIn.limitTicks === undefined && standIn.spuriousEvery === undefined) {
      expect(alone).toMatchObject({ waits: 1, limited: 0 });
    } else expect(alone.waits).toBeGreaterThan(1);
  });

  for (const where of ['sameLine', 'otherLine'] as const) {
    const place = where === 'sameLine' ? 'in the armed line' : 'in another line';
    test(`another thread's store ${place} ends umwait (${when})`, (context) => {
      const stored = run(context).result[where];
      expect(stored).toMatchObject({ end: WaitEnd.changed, changed: 0b10 });
      expect(stored.tookMs).toBeLessThan(stored.waitMs);
    });
  }

  test(`umwait counts its waits, and those that the limit cut short (${when})`, (context) => {
    const { result, counts } = run(context);
    const sum = (what: 'waits' | 'limited'): number =>
      Object.values(result).reduce((total, single) => total + single[what], 0);
    expect(sum('waits')).toBe(counts.waits - TRIALS);
    expect(sum('limited')).toBe(counts.limits);
    expect(counts.limits > 0).toBe(standIn.limitTicks !== undefined);
    expect(counts.spurious > 0).toBe(standIn.spuriousEvery !== undefined);
    // Each wait was armed anew.
    expect(counts.monitors).toBeGreaterThanOrEqual(counts.waits);
  });
}

interface Dozed {
  readonly rounds: number;
  readonly apartMs: number;
  readonly waiter: string;
  readonly reason: string;
  readonly message: Record<string, number>;
  readonly completion: Record<string, number>;
  readonly deadline: Record<string, number>;
  readonly counters: Record<string, number>;
  readonly kernelWakes: number;
}

/** Tests of a loop in its umwait stage. */
export function describeDoze(when: string, without: readonly string[]): void {
  const standIn = umwaitSurroundings[when];
  const how = without.length === 0 ? 'task work deferred' : 'task work at once';
  test(`a dozing loop is woken by a message, a completion and a timer (${when}, ${how})`, (context) => {
    const options = JSON.stringify({ withoutFlags: without });
    const { result, counts } = runStoodIn<Dozed>(context, standIn, 'doze', [options]);
    expect(result.waiter).toBe('umwait');
    expect(result.reason).toMatch(/umwait_control cannot be read|ticks a wait|no limit a wait/);

    // On a busy machine an event can come before the loop dozes, or after 100 ms of it: not each ends a doze.
    expect(result.message.wakesUmwait).toBeGreaterThan(0);
    // The poster's store ended it: no system call but for a loop that had gone on to sleep.
    expect(result.kernelWakes).toBeLessThanOrEqual(result.counters.sleeps);
    // The kernel's store of the tail, or of its flag, ended it.
    expect(result.completion.wakesUmwait).toBeGreaterThan(0);
    // The doze lasted to the timer's deadline and no longer.
    expect(result.deadline.umwaitsExpired).toBeGreaterThan(0);
    expect(result.deadline.tookMs).toBeGreaterThanOrEqual(result.rounds * (result.apartMs - 1));

    const { waitInstructions, waitsLimited } = result.counters;
    expect(waitInstructions).toBeGreaterThan(0);
    expect(waitsLimited > 0).toBe(standIn.limitTicks !== undefined);
    expect(counts.limits).toBeGreaterThanOrEqual(waitsLimited);
    expect(counts.spurious > 0).toBe(standIn.spuriousEvery !== undefined);
    // Both threads' waits, and the trial.
    expect(counts.waits).toBeGreaterThan(waitInstructions);
  });
}
