import { Channel, EventLoop } from 'wakeline';
import { expect, test } from 'vitest';

const wrong: [string, object, RegExp, string][] = [
  ['an unknown option', { spin: 1 }, /unknown option 'spin'/, 'TypeError'],
  ['a backend that does not exist', { backend: 'kqueue' }, /'backend' must be one of .*'kqueue'/, 'RangeError'],
  ['a backend that is no string', { backend: 7 }, /'backend' must be one of .*received 7/, 'TypeError'],
];

for (const [what, options, message, name] of wrong) {
  test(`attach refuses ${what}, naming option and value`, () => {
    expect(() => EventLoop.attach(options as never)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
    expect(EventLoop.current).toBeUndefined();
  });
}

test('a channel refuses a capacity that is no power of two', () => {
  expect(() => new Channel({ capacityBytes: 1000 })).toThrow(/'capacityBytes' must be a power of two from 256/);
});
