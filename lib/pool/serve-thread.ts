import { getEnvironmentData, type MessagePort, setEnvironmentData } from 'node:worker_threads';
import { ChannelLoop } from '../loop/index.js';
import { loadHandler } from './handlers.js';
import { attachSafely } from './safe-start.js';
import { TaskRunner } from './task-runner.js';
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
  const { backend } = settings;
  const loop = await attachSafely(words, () => {
    const attached = ChannelLoop.attach({ kernelWait: 'enter', backend });
    attached.prepareToSend(start.ends.sender);
    return attached;
  });
  if (settings.writesOutputDirectly) writeOutputDirectly();
  // Loaded before the link opens, so that tasks start in the order in which they come.
  if (settings.filename !== null) await loadHandler(settings.filename, settings.name, words);
  const runner = new TaskRunner(loop, start);
  return (port) => runner.setPort(port);
}
