import { Worker } from 'node:worker_threads';
import { compiledFile } from '../../ffi/index.js';
import type { BytePath } from '../io/index.js';
import { Channel } from '../loop/index.js';
import { endSafely, watchBoot } from '../pool/safe-end.js';
import { BOOT_WORDS_BYTES } from '../pool/thread-descriptor.js';
import type { IdlePreset } from '../scheduler/index.js';
import type { DigestAnswer, DigestThreadData } from './digest-messages.js';

const entry = compiledFile('workers/digest.cjs');

/** A digest thread that starts, while the thread that starts it attaches a loop of its own. */
export class StartedThread {
  readonly name: string;
  readonly jobs = new Channel<BytePath>();
  readonly answers = new Channel<DigestAnswer>();
  readonly worker: Worker;
  readonly #exit: Promise<unknown>;
  readonly #words = new Int32Array(new SharedArrayBuffer(BOOT_WORDS_BYTES));

  constructor(name: string, idle: IdlePreset) {
    this.name = name;
    const data: DigestThreadData = {
      words: this.#words,
      jobs: this.jobs.receiver,
      answers: this.answers.sender,
      idle,
    };
    this.worker = new Worker(entry, { name, workerData: data });
    this.#exit = new Promise((resolve) => this.worker.once('exit', resolve));
    watchBoot(this.#words, this.worker);
  }

  /** Ends the thread as soon as that is safe, whatever it does. */
  async end(): Promise<void> {
    this.worker.on('error', () => {});
    // One that has died while it loaded native code never says that it has.
    await Promise.race([this.#exit, new Promise<void>((resolve) => endSafely(this.#words, resolve))]);
    await this.worker.terminate();
  }
}
