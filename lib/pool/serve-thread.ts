import { getEnvironmentData, type MessagePort, setEnvironmentData } from 'node:worker_threads';
import { ChannelLoop } from '../loop/index.js';
import { loadHandler } from './handlers.js';
import { TaskRunner } from './task-runner.js';
import { Boot, ThreadWord } from './thread-descriptor.js';
import { START_KEY, type ThreadStart } from './thread-start.js';
import { writeOutputDirectly } from './worker-output.js';

const never = new Promise<never>(() => {});

/**
 * Begins to serve a pool in the thread that Piscina has started. What it resolves to is the handler that Piscina calls:
 * with the port for what channels cannot carry.
 */
export async function serveThread(): Promise<(port: MessagePort) => void> {
  const start = getEnvironmentData(START_KEY) as unknown as ThreadStart;
  const { words, settings } = start;
  // Threads that this one starts must not find it.
  setEnvironmentData(START_KEY, undefined as never);
  const loop = attachLoop(words, settings.backend);
  if (loop === undefined) return never;
  if (settings.writesOutputDirectly) writeOutputDirectly();
  // Loaded before the link opens, so that tasks start in the order in which they come.
  if (settings.filename !== null) await loadHandler(settings.filename, settings.name);
  const runner = new TaskRunner(loop, start);
  return (port) => runner.setPort(port);
}

/** Attaches the loop, unless the pool has already ended the thread. */
function attachLoop(words: Int32Array, backend: 'auto' | 'portable'): ChannelLoop | undefined {
  const { begun, loading, up, doomed } = Boot;
  if (Atomics.compareExchange(words, ThreadWord.boot, begun, loading) === doomed) return undefined;
  let loop: ChannelLoop;
  let wasAt: number;
  try {
    loop = ChannelLoop.attach({ kernelWait: 'enter', backend });
  } finally {
    wasAt = Atomics.exchange(words, ThreadWord.boot, up);
    if (wasAt === doomed) Atomics.notify(words, ThreadWord.boot);
  }
  return wasAt === loading ? loop : undefined;
}
