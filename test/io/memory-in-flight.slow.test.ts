import { expect, test } from 'vitest';
import { runFixture } from '../support/fixture.js';
import { loopKinds } from '../support/loops.js';
import { ringKinds } from './operation-loops.js';

for (const [kind, options] of Object.entries(loopKinds)) {
  test(`what is in flight is held although nobody refers to it, and let go afterwards (${kind})`, () => {
    const given = { nodeFlags: ['--expose-gc'], arguments: [JSON.stringify(options)] };
    expect(runFixture('collect-in-flight', given)).toEqual({
      reads: 100,
      heldInFlight: 100,
      heldAfterwards: 0,
      settled: 200,
      wholeReads: 200,
      intact: true,
    });
  });

  test(`an idle loop holds nothing of what it did last (${kind})`, () => {
    const given = { nodeFlags: ['--expose-gc'], arguments: [JSON.stringify(options)] };
    expect(runFixture('hold-outcomes', given)).toEqual({ held: [], watched: 21 });
  });
}

for (const [kind, options] of Object.entries(ringKinds)) {
  test(`a terminated thread leaves nothing in flight (${kind})`, () => {
    expect(runFixture('terminate-in-flight', { arguments: [JSON.stringify(options)] })).toEqual({
      kept: 5,
      intact: true,
    });
  });
}
