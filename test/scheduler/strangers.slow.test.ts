import { expect, test } from 'vitest';
import type { Offers } from '../fixtures/answers-beside-strangers.js';
import { runFixture } from '../support/fixture.js';
import { nativeOrSkip } from '../support/native.js';

test('a loop that loses its CPU to strangers whenever it waits in user mode mostly sleeps instead', (context) => {
  nativeOrSkip(context);
  const { answers, offers } = runFixture<Offers>('answers-beside-strangers');
  expect(answers).toBe(300);
  // Now and then it tries whether that is still so.
  expect(offers).toBeLessThan(answers / 4);
});
