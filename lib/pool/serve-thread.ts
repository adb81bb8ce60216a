import { getEnvironmentData, type MessagePort, setEnvironmentData } from 'node:worker_threads';
import { ChannelLoop } from '../loop/index.js';
import { loadHandler } from './handlers.js';
import { TaskRunner } from './task-runner.js';
import { Boot, ThreadWord } from './thread-descriptor.js';
import { START_KEY, type ThreadStart } from './thread-start.js';
import { writeOutputDirectly } from './worker-output.js';

/**
 * Begins to serve a pool in the thread that Piscina has started. What it resolves to is the handler that Piscina calls:
 * with the port for what channels cannot carry.
 */
export async function serveThread(): Promise<(port: MessagePort) => void> {
  const start = getEnvironmentData(START_KEY) as unknown as ThreadStart;
  const { words, settings } = start;
  // Threads that this one starts must not find it.
  setEnvironmentData(START_KEY, undefined as never);
  const loop = await attachLoop(words, settings.backend);
  if (settings.writesOutputDirectly) writeOutputDirectly();
  // Loaded before the link opens, so that tasks start in the order in which they come.
  if (settings.filename !== null) await loadHandler(settings.filename, settings.name);
  const runner = new TaskRunner(loop, start);
  return (port) => runner.setPort(port);
}

/** Attaches the loop, unless the pool has doomed the thread before. From its end on the thread may be terminated. */
async function attachLoop(words: Int32Array, backend: 'auto' | 'portable'): Promise<ChannelLoop> {
  const { begun, loading, doomed } = Boot;
  if (Atomics.compareExchange(words, ThreadWord.boot, begun, loading) === doomed) waitForTheEnd(words);
  try {
    return ChannelLoop.attach({ kernelWait: 'enter', backend });
  } finally {
    // Goes on when a `require` of this, as a bundled entry, has returned: Node aborts the process when a thread is
    // terminated meanwhile.
    await null;
    comeUp(words);
  }
}

function comeUp(words: Int32Array): void {
  const { up, doomed } = Boot;
  if (Atomics.exchange(words, ThreadWord.boot, up) !== doomed) return;
  Atomics.notify(words, ThreadWord.boot);
  waitForTheEnd(words);
}

/** The pool terminates the thread, which ends this wait. */
function waitForTheEnd(words: Int32Array): never {
  for (;;) Atomics.wait(words, ThreadWord.boot, Atomics.load(words, ThreadWord.boot));
}
