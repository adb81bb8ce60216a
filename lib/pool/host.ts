import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, setEnvironmentData, type Worker } from 'node:worker_threads';
import { compiledFile, native } from '../../ffi/index.js';
import { Channel } from '../loop/index.js';
import { ByteRing } from '../queue/index.js';
import { type LinkEnds, linkEnds } from './link.js';
import type { FilledOptions } from './options.js';
import { type HostPiscina, hostPiscina } from './piscina-module.js';
import { endSafely, watchBoot } from './safe-end.js';
import { THREAD_WORDS_BYTES } from './thread-descriptor.js';
import { START_KEY, type ThreadSettings, type ThreadStart } from './thread-start.js';

/** What the host of a thread is told of it. */
export type HostOptions = Pick<
  FilledOptions,
  'resourceLimits' | 'env' | 'argv' | 'execArgv' | 'workerData' | 'trackUnmanagedFds' | 'niceIncrement'
>;

const ownEntry = fileURLToPath(compiledFile('workers/pool-entry.cjs'));

/**
 * One thread, hosted by a Piscina of its own: it creates the thread with its limits, environment and niceness, and ends
 * it. Piscina loads our entry file as its handler; that takes `ThreadStart`, attaches a loop and serves the link, and
 * Piscina's own queue stays empty. So the thread is idle in its eyes, and holds no process.
 */
export class HostedThread {
  readonly worker: Worker;
  readonly ends: LinkEnds;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #host: InstanceType<HostPiscina>;

  constructor(options: HostOptions, settings: ThreadSettings, entry: string = ownEntry) {
    const hasNative = settings.backend !== 'portable';
    const { pool, thread } = linkEnds(newChannel(hasNative), newChannel(hasNative));
    this.ends = pool;
    this.words = new Int32Array(new SharedArrayBuffer(THREAD_WORDS_BYTES));
    const start: ThreadStart = { ends: thread, words: this.words, settings };
    // A Worker copies the environment data when it is made, which Piscina does in its constructor.
    setEnvironmentData(START_KEY, start as never);
    try {
      const { Piscina, ArrayTaskQueue } = hostPiscina();
      const { resourceLimits, env, argv, execArgv, workerData, trackUnmanagedFds, niceIncrement } = options;
      const given = { resourceLimits, env, argv, execArgv, workerData, trackUnmanagedFds, niceIncrement };
      this.#host = new Piscina({
        ...withoutUndefined(given),
        filename: entry,
        minThreads: 1,
        maxThreads: 1,
        idleTimeout: Number.POSITIVE_INFINITY,
        atomics: 'disabled',
        taskQueue: new ArrayTaskQueue(),
        recordTiming: false,
      });
    } finally {
      setEnvironmentData(START_KEY, undefined as never);
    }
    // The pool, not the host, decides whether a thread that died is replaced.
    this.#host.options.minThreads = 0;
    // The pool listens to the Worker itself.
    this.#host.on('error', () => {});
    this.worker = this.#host.threads[0];
    watchBoot(this.words, this.worker);
  }

  /** Opens a MessagePort to the thread; returns this end. */
  openPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    // Rejected when the thread ends before it has taken the port; whatever was to go by it is settled by that end.
    this.#host.run(port2, { transferList: [port2] }).catch(() => {});
    return port1;
  }

  /** Ends the thread as soon as that is safe; the Worker's `exit` tells when. */
  terminate(): void {
    this.worker.ref();
    endSafely(this.words, () => {
      // Resolves when the Worker has exited, which its own event tells everybody.
      this.#host.destroy().catch(() => {});
    });
  }
}

/** malloc clears memory that it has had in use before, by writing to it: half of each ring, of which a thread at rest needs a page. */
function newChannel(hasNative: boolean): Channel {
  const channel = new Channel();
  const functions = hasNative ? native() : undefined;
  if (typeof functions === 'object') {
    const { memory } = channel.sender;
    functions.memory.discardZeros(new Uint8Array(memory, ByteRing.headerBytes));
  }
  return channel;
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
