import type { TestContext } from 'vitest';
import { type Native, native } from 'wakeline/ffi';

/** The native functions; where there are none, the test is skipped and the reason printed. */
export function nativeOrSkip(context: TestContext): Native {
  const loaded = native();
  if (typeof loaded === 'string') context.skip(loaded);
  return loaded as Native;
}

/** The native functions, for fixtures: they are only started where there are some. */
export function nativeOrThrow(): Native {
  const loaded = native();
  if (typeof loaded === 'string') throw new Error(loaded);
  return loaded;
}

/** Writes an address as two words, low half first. */
export function writeWordPair(words: Int32Array, index: number, address: number): void {
  words[index] = address | 0;
  words[index + 1] = Math.floor(address / 2 ** 32);
}
