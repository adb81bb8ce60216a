import { expect, test } from 'vitest';
import { CpuFeature, WaitEnd } from 'wakeline/ffi';
import { arm64OrSkip, instructionsOf } from '../support/arm64.js';

// The shared object of arm64 under QEMU's user emulation, whose WFE returns at once and whose memory is as ordered as the
// machine's that runs it. That a store ends a real WFE, and arm64's ordering, are not tested; Node does not run here.

interface Deadline {
  readonly end: number;
  readonly changed: number;
  readonly waits: number;
  readonly wantedNs: number;
  readonly tookNs: number;
}

interface Stores {
  readonly rounds: number;
  readonly woken: number;
  readonly right: number;
}

interface Run {
  readonly features: number;
  readonly ticksPerSecond: number;
  readonly measured: number;
  readonly wfeDeadline: Deadline;
  readonly pauseDeadline: Deadline;
  readonly umwaitDeadline: Deadline;
  readonly sameGranule: Stores;
  readonly otherGranule: Stores;
  readonly pauseStores: Stores;
  readonly slots: readonly number[];
  readonly timedWaits: number;
}

const plain = CpuFeature.pause | CpuFeature.invariantTsc;

const cpus: [string, Record<string, string>, number][] = [
  ['neither announced', { CLAIM_EVTSTRM: '0', CLAIM_WFXT: '0' }, plain],
  ['the event stream announced', { CLAIM_EVTSTRM: '1', CLAIM_WFXT: '0' }, plain | CpuFeature.wfe],
  ['WFET announced, and stood in for', { CLAIM_EVTSTRM: '0', CLAIM_WFXT: '1' }, plain | CpuFeature.wfe],
];

for (const [what, environment, features] of cpus) {
  test(`on arm64 a wait lasts to its deadline and is ended by a store (${what})`, (context) => {
    const result = arm64OrSkip(context).run<Run>(environment);
    expect(result.features).toBe(features);
    for (const deadline of [result.wfeDeadline, result.pauseDeadline, result.umwaitDeadline]) {
      expect(deadline).toMatchObject({ end: WaitEnd.deadline, changed: 0 });
      expect(deadline.tookNs).toBeGreaterThanOrEqual(deadline.wantedNs * 0.998);
    }
    for (const stores of [result.sameGranule, result.otherGranule, result.pauseStores]) {
      expect(stores).toMatchObject({ woken: stores.rounds, right: stores.rounds });
    }
    expect(result.timedWaits > 0).toBe(environment.CLAIM_WFXT === '1');
  });
}

test("on arm64 the counter's frequency is the CPU's own word, and right", (context) => {
  const { ticksPerSecond, measured } = arm64OrSkip(context).run<Run>({});
  expect(Math.abs(measured / ticksPerSecond - 1)).toBeLessThan(0.05);
});

test('on arm64 the wait arms with LDAXR, and waits with WFET or WFE', (context) => {
  const { sharedObject } = arm64OrSkip(context);
  const instructions = instructionsOf(sharedObject, 'wl_wait_wfe');
  for (const needed of ['ldaxr', 'wfet', 'wfe', 'clrex']) expect(instructions).toContain(needed);
});

test('on arm64 the registry of loops hands out its slots', (context) => {
  expect(arm64OrSkip(context).run<Run>({}).slots).toEqual([0, 1]);
});
