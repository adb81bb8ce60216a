import type { MessagePort } from 'node:worker_threads';
import { PoolErrors } from './errors.js';
import type { PoolCore } from './pool-core.js';
import type { PoolThread } from './pool-thread.js';
import { PORT_KEY } from './thread-start.js';

/** Piscina's worker posts an object with this key when its handler, our entry, is loaded. */
const READY_KEY = '_WORKER_READY';

/** Listens to a thread's Worker for its pool. */
export function watchThread(pool: PoolCore, thread: PoolThread): void {
  thread.worker.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null) pool.emitter.emit('message', message);
    else if (READY_KEY in message) {
      thread.tellUp();
      pool.onThreadReady(thread);
    } else if (PORT_KEY in message) thread.setPort((message as Record<string, MessagePort>)[PORT_KEY]);
    else pool.emitter.emit('message', message);
  });
  thread.worker.on('error', (error) => pool.onThreadError(thread, error, false));
  thread.worker.on('exit', (code) => {
    if (!pool.isDestroying) pool.onThreadError(thread, PoolErrors.exited(code), true);
  });
}
