import { expect, test } from 'vitest';
import { runFixture } from '../support/fixture.js';
import { loopKinds } from '../support/loops.js';

const ends = [
  'nothing',
  'a sender',
  'a receiver without a listener',
  'an unreferenced listener',
  'a listener on an unreferenced loop',
  'a listener whose channel has closed',
  'a closed loop',
];
const holds = ['a listener', 'a receive that waits', 'a ready that waits', 'an operation in flight'];

for (const [name, options] of Object.entries(loopKinds)) {
  for (const what of ends) {
    test(`${what} does not keep the process alive (${name})`, () => {
      expect(runFixture('keep-alive', { arguments: [what, JSON.stringify(options)] })).toBe('ended');
    });
  }

  for (const what of holds) {
    test(`${what} keeps the process alive (${name})`, ({ skip }) => {
      if (what.startsWith('an operation') && options.backend !== 'uring')
        skip('this backend has no ring operations');
      expect(runFixture('keep-alive', { arguments: [what, JSON.stringify(options)] })).toBe('held');
    });
  }
}
