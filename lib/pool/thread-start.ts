import type { LinkEnds } from './link.js';

/** Key of the environment data by which a new thread gets its `ThreadStart`. */
export const START_KEY = 'wakeline.pool.start';
/** Key of the message by which a thread sends the port for what channels cannot carry. */
export const PORT_KEY = '_WAKELINE_PORT';

/** What is a thread's own affair, as its pool has decided it. */
export interface ThreadSettings {
  /** File and name of the handler that is loaded before the thread counts as ready. */
  readonly filename: string | null;
  readonly name: string;
  /** Tasks that may run at a time; one that was sent ahead waits until there are fewer. */
  readonly concurrentTasks: number;
  /** Whether a task's output must have been handed on before its result, as with Piscina's `atomics: 'sync'`. */
  readonly waitsForOutput: boolean;
  /** Whether the thread writes its output itself, instead of sending it through the main thread. */
  readonly writesOutputDirectly: boolean;
  /** Whether a result that cannot be cloned ends the thread, as in Piscina, or only fails its task. */
  readonly crashesOnUnclonable: boolean;
  /** Whether handlers get a context as their second argument, by which they can be cancelled. */
  readonly hasContext: boolean;
  /** Backend that the thread's loop must have to talk to its pool's. */
  readonly backend: 'auto' | 'portable';
}

/** What a thread gets at its start. */
export interface ThreadStart {
  readonly ends: LinkEnds;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly settings: ThreadSettings;
}
