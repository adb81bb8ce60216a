import { Boot, ThreadWord } from './thread-descriptor.js';

/**
 * Attaches a thread's loop, unless the thread's owner has doomed it before (`endSafely`). From its end on the thread may be
 * terminated.
 * @param words shared with the owner; `ThreadWord.boot` of them is used
 */
export async function attachSafely<Loop>(words: Int32Array, attach: () => Loop): Promise<Loop> {
  begin(words, Boot.begun, Boot.loading);
  try {
    return attach();
  } finally {
    // Goes on when a `require` of this, as a bundled entry, has returned: Node aborts the process when a thread is
    // terminated meanwhile.
    await null;
    comeUp(words);
  }
}

/**
 * Requires a file of the user's, unless the thread's owner has doomed the thread. Node 20 aborts the process when a thread is
 * terminated while an ES module is instantiated for `require`, so the owner waits for it, a while (`endSafely`).
 * @param words shared with the owner; `ThreadWord.boot` of them is used
 */
export function requireSafely(words: Int32Array, load: () => unknown): unknown {
  begin(words, Boot.up, Boot.requiring);
  try {
    return load();
  } finally {
    comeUp(words);
  }
}

function begin(words: Int32Array, from: number, to: number): void {
  if (Atomics.compareExchange(words, ThreadWord.boot, from, to) === Boot.doomed) waitForTheEnd(words);
}

function comeUp(words: Int32Array): void {
  const { up, doomed } = Boot;
  if (Atomics.exchange(words, ThreadWord.boot, up) !== doomed) return;
  Atomics.notify(words, ThreadWord.boot);
  waitForTheEnd(words);
}

/** The owner terminates the thread, which ends this wait. */
function waitForTheEnd(words: Int32Array): never {
  for (;;) Atomics.wait(words, ThreadWord.boot, Atomics.load(words, ThreadWord.boot));
}
