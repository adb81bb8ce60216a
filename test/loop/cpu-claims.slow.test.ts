import { expect, test } from 'vitest';
import { runStoodIn } from '../support/stand-in.js';

// CPUs that claim what they do not have, and one whose counter cannot be trusted. CPUID's answer is the stand-in's; the
// faults are this machine's own.

const echoed = [1, 2.5, 'three', null, { five: [6, 7] }];

interface Attached {
  readonly waiter?: string;
  readonly reason?: string;
}

test('a CPU that announces WAITPKG and faults gets the next lower waiter, and the reason says so', (context) => {
  const claims = { cpu: '+waitpkg,-monitorx', executes: false };
  const { result } = runStoodIn<Attached>(context, claims, 'attach-and-echo');
  expect(result).toMatchObject({
    waiter: 'pause',
    backend: 'uring',
    echoed,
    code: 0,
    reason: expect.stringMatching(/announces WAITPKG, but UMWAIT faulted when it was tried$/),
  });
});

test('a CPU that announces both, of which UMWAIT faults, is not waited on with it', (context) => {
  const claims = { cpu: '+waitpkg,+monitorx', executes: false };
  const { result } = runStoodIn<Attached>(context, claims, 'attach-and-echo');
  // A hypervisor may execute MWAITX although the machine does not announce it.
  expect(['mwaitx', 'pause']).toContain(result.waiter);
  expect(result).toMatchObject({ echoed, code: 0, reason: expect.stringMatching(/but UMWAIT faulted/) });
});

test('a waiter that faults makes attach throw when it is demanded', (context) => {
  const claims = { cpu: '+waitpkg', executes: false };
  const { result } = runStoodIn(context, claims, 'attach-and-echo', ['{"waiter":"umwait"}']);
  expect(result).toMatchObject({
    code: 'ERR_WAKELINE_UNAVAILABLE',
    message: expect.stringMatching(/waiter 'umwait'.*UMWAIT faulted when it was tried/),
  });
});

for (const cpu of ['-invariant_tsc', '+waitpkg,-invariant_tsc']) {
  test(`a time-stamp counter that is not invariant leaves no waiter, and the reason says so (${cpu})`, (context) => {
    const { result } = runStoodIn(context, { cpu, executes: true }, 'attach-and-echo');
    expect(result).toMatchObject({
      waiter: 'none',
      backend: 'uring',
      echoed,
      code: 0,
      reason: expect.stringMatching(/the time-stamp counter is not invariant$/),
    });
  });
}

test('without an invariant time-stamp counter, a demanded waiter makes attach throw', (context) => {
  const standIn = { cpu: '-invariant_tsc', executes: true };
  const { result } = runStoodIn(context, standIn, 'attach-and-echo', ['{"waiter":"pause"}']);
  expect(result).toMatchObject({
    code: 'ERR_WAKELINE_UNAVAILABLE',
    message: expect.stringMatching(/waiter 'pause'.*not invariant/),
  });
});

test('the trial of an instruction that faults leaves the handlers of signals as they were', (context) => {
  const claims = { cpu: '+waitpkg', executes: false };
  const { result } = runStoodIn<{ before: string; after: string; features: number }>(
    context,
    claims,
    'signals-after-trial',
  );
  expect(result.after).toBe(result.before);
});
