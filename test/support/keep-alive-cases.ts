import { expect, test } from 'vitest';
import { runFixture } from './fixture.js';
import { loopKinds } from './loops.js';

const ends = [
  'nothing',
  'a sender',
  'a receiver without a listener',
  'an unreferenced listener',
  'a listener on an unreferenced loop',
  'a receive that was answered while a timer ran',
  'a listener whose channel has closed',
  'a sleep without ref',
  'a poll on an unreferenced loop',
  'a poll that was aborted',
  'a closed loop',
  'a loop that was closed while a ready waited',
];
const holds = [
  'a listener',
  'a receive that waits',
  'a receive after one that was answered while a timer ran',
  'a receive that begins as the process would have ended',
  'a ready that waits',
  'an operation in flight',
  'a poll',
  'a wait for a child',
  'a sleep',
];

const needsNative = (what: string): boolean => /poll|child/.test(what);
/** Of loops that come to rest as soon as they have nothing to do: then it is the hook that lets go. */
const comesToRest = (what: string): boolean => /while a timer ran|would have ended/.test(what);
const atRest = { spinNs: 0, umwaitNs: 0, adaptive: false };

/** One test for each thing that may keep a process alive, on one kind of loop. */
export function describeKeepAlive(kind: string): void {
  const options = loopKinds[kind];
  const optionsFor = (what: string): string =>
    JSON.stringify(comesToRest(what) ? { ...options, idle: atRest } : options);
  for (const what of ends) {
    test(`${what} does not keep the process alive (${kind})`, ({ skip }) => {
      if (needsNative(what) && options.backend === 'portable') skip('it needs native code');
      expect(runFixture('keep-alive', { arguments: [what, optionsFor(what), '10000'] })).toBe('ended');
    });
  }
  for (const what of holds) {
    test(`${what} keeps the process alive (${kind})`, ({ skip }) => {
      if (what.startsWith('an operation') && options.backend !== 'uring')
        skip('this backend has no ring operations');
      if (needsNative(what) && options.backend === 'portable') skip('it needs native code');
      expect(runFixture('keep-alive', { arguments: [what, optionsFor(what), '250'] })).toBe('held');
    });
  }
}
