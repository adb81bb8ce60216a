import type { BytePath, EventLoop } from '../io/index.js';
import { WakelineError } from '../loop/index.js';
import { nowMs } from '../stats/index.js';
import { DigestThread } from './digest-thread.js';
import type { StartedThread } from './started-thread.js';
import { TreeWalk, type WalkError } from './tree-walk.js';

/** Hears of every file, as its digest or its error comes. */
export interface DigestObserver {
  onDigest(path: BytePath, bytes: number, sha256: string): void;
  onError(error: WalkError): void;
}

/** What to digest, and on which threads. */
export interface DigestOrder {
  readonly paths: readonly BytePath[];
  readonly threads: readonly StartedThread[];
}

/** Jobs that a thread may have at a time: as many as it reads at once, and some to go on with while more come. */
const LONGEST_OUTSTANDING = 96;
/** Entries looked at before answers get their turn. */
const STEPS_PER_TURN = 128;
/** Files found ahead of the threads: the walk goes on while they start, and memory stays flat. */
const LONGEST_WAITING = 16_384;

/** One digest of files and trees: walks them on this thread, and spreads the files over threads by their load. */
export class DigestRun {
  readonly threads: readonly DigestThread[];
  /** Files found so far. */
  found = 0;
  /** Files whose digest or error has come. */
  answered = 0;
  /** When the last of them came, of `nowMs`; 0 before that. */
  answeredAllMs = 0;
  readonly #walk: TreeWalk;
  readonly #done: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: Error) => void;
  /** Files that were found and not sent; the last found is sent first. */
  readonly #waiting: BytePath[] = [];
  #isPumpScheduled = false;
  #isFinishing = false;
  #ended = 0;

  /** @param loop this thread's loop */
  constructor(loop: EventLoop, order: DigestOrder, observer: DigestObserver) {
    this.#walk = new TreeWalk(order.paths, (error) => observer.onError(error));
    this.#done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const events = {
      onDigest: (path: BytePath, bytes: number, sha256: string) => {
        this.answered++;
        observer.onDigest(path, bytes, sha256);
      },
      onFailure: (path: BytePath, code: string, message: string) => {
        this.answered++;
        observer.onError({ path, code, message });
      },
      onAnswered: () => this.#pump(),
      onEnd: () => this.#onThreadEnd(),
      onDeath: ({ name }: DigestThread, reason: string) => this.#onDeath(name, reason),
    };
    this.threads = order.threads.map((started) => new DigestThread(loop, started, events));
  }

  /**
   * Does it.
   * @throws {WakelineError} `ERR_WAKELINE_THREAD_DIED` when a thread dies; the others are ended then
   */
  run(): Promise<void> {
    this.#pump();
    return this.#done;
  }

  /** Sends what was found as far as threads take it, and looks for more behind that. */
  #pump(): void {
    if (this.#isFinishing || this.#isPumpScheduled) return;
    let blocked = this.#post();
    for (let step = 0; blocked === undefined && this.#canWalk; step++) {
      if (step < STEPS_PER_TURN) {
        this.#step();
        blocked = this.#post();
      } else blocked = new Promise((resolve) => setImmediate(resolve));
    }
    if (blocked !== undefined) this.#pumpAfter(blocked);
    else if (this.#walk.isDone) this.#finishIfAnswered();
  }

  get #canWalk(): boolean {
    return !this.#walk.isDone && this.#waiting.length < LONGEST_WAITING;
  }

  #step(): void {
    const path = this.#walk.step();
    if (path === undefined) return;
    this.found++;
    this.#waiting.push(path);
  }

  /** Returns what must be waited for, if the thread that should take more has no room in its channel. */
  #post(): Promise<void> | undefined {
    for (let path = this.#waiting.at(-1); path !== undefined; path = this.#waiting.at(-1)) {
      const thread = this.#leastLoaded();
      if (thread.outstanding >= LONGEST_OUTSTANDING) return undefined;
      if (!thread.post(path)) return thread.ready();
      this.#waiting.pop();
    }
    return undefined;
  }

  #pumpAfter(event: Promise<void>): void {
    this.#isPumpScheduled = true;
    event.then(
      () => {
        this.#isPumpScheduled = false;
        this.#pump();
      },
      (error) => this.#reject(error),
    );
  }

  #leastLoaded(): DigestThread {
    return this.threads.reduce((least, thread) => (thread.outstanding < least.outstanding ? thread : least));
  }

  #finishIfAnswered(): void {
    if (this.#waiting.length > 0 || this.threads.some(({ outstanding }) => outstanding > 0)) return;
    this.#isFinishing = true;
    this.answeredAllMs = nowMs();
    for (const thread of this.threads) thread.finish();
  }

  #onThreadEnd(): void {
    this.#ended++;
    if (this.#ended === this.threads.length) this.#resolve();
  }

  #onDeath(name: string, reason: string): void {
    this.#isFinishing = true;
    this.#walk.close();
    const error = new WakelineError('ERR_WAKELINE_THREAD_DIED', `thread '${name}' died: ${reason}`);
    Promise.all(this.threads.map((thread) => thread.terminate())).then(
      () => this.#reject(error),
      () => this.#reject(error),
    );
  }
}
