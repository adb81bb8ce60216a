import type { BytePath, EventLoop } from '../io/index.js';
import { ChannelClosedError, type Sender } from '../loop/index.js';
import { type DigestAnswer, type DigestFailure, parseLines, type ThreadStats } from './digest-messages.js';
import type { StartedThread } from './started-thread.js';

/** What a digest thread tells the thread that started it. */
export interface DigestThreadEvents {
  onDigest(path: BytePath, bytes: number, sha256: string): void;
  onFailure(path: BytePath, code: string, message: string): void;
  /** Some of the above came, and the thread may take as many jobs. */
  onAnswered(): void;
  /** The thread has ended as it should. */
  onEnd(thread: DigestThread): void;
  /** The thread has ended although it was not told to, or with an error. */
  onDeath(thread: DigestThread, reason: string): void;
}

/** A thread that digests files, as the main thread sees it. */
export class DigestThread {
  readonly name: string;
  /** Jobs that are not answered. */
  outstanding = 0;
  readonly #started: StartedThread;
  readonly #jobs: Sender<BytePath>;
  readonly #events: DigestThreadEvents;
  readonly #paths = new Map<number, BytePath>();
  #sent = 0;
  #stats: ThreadStats | undefined;
  #isOver = false;

  /** Takes over a thread that starts; it takes jobs at once. */
  constructor(loop: EventLoop, started: StartedThread, events: DigestThreadEvents) {
    this.name = started.name;
    this.#started = started;
    this.#events = events;
    this.#jobs = loop.sender(started.jobs.sender);
    const receiver = loop.receiver(started.answers.receiver, this.#onAnswer);
    started.worker.on('error', (error) => this.#die(error.message));
    started.worker.on('exit', (code) => {
      // Setting the callback asks for a turn, which brings what the thread has sent before it ended.
      receiver.onMessage(this.#onAnswer);
      setImmediate(() => this.#onExit(code));
    });
  }

  /** What the thread's loop has done; there when the thread has ended. */
  get stats(): ThreadStats | undefined {
    return this.#stats;
  }

  /**
   * Sends a job.
   * @returns false when there is no room: await `ready` then
   */
  post(path: BytePath): boolean {
    if (this.#jobs.isClosed || !this.#jobs.send(path)) return false;
    this.#paths.set(this.#sent++, path);
    this.outstanding++;
    return true;
  }

  /** Resolves when `post` has room again; never, if the thread dies. */
  async ready(): Promise<void> {
    try {
      await this.#jobs.ready();
    } catch (error) {
      if (!(error instanceof ChannelClosedError)) throw error;
      await new Promise(() => {});
    }
  }

  /** No job will follow: the thread ends when it has answered all. */
  finish(): void {
    this.#jobs.close();
  }

  /** Ends the thread at once. No event follows. */
  async terminate(): Promise<void> {
    this.#isOver = true;
    await this.#started.end();
  }

  readonly #onAnswer = (answer: DigestAnswer): void => {
    if (typeof answer === 'string') parseLines(answer, this.#onDigest);
    else if ('stats' in answer) this.#stats = answer.stats;
    else this.#onFailure(answer);
    this.#events.onAnswered();
  };

  readonly #onDigest = (job: number, bytes: number, sha256: string): void => {
    this.#events.onDigest(this.#takeJob(job), bytes, sha256);
  };

  #onFailure({ job, code, message }: DigestFailure): void {
    this.#events.onFailure(this.#takeJob(job), code, message);
  }

  #takeJob(job: number): BytePath {
    const path = this.#paths.get(job);
    if (path === undefined)
      throw new Error(`thread ${this.name} answered job ${job}, which it does not have`);
    this.#paths.delete(job);
    this.outstanding--;
    return path;
  }

  #onExit(code: number): void {
    if (code !== 0) this.#die(`exit code ${code}`);
    else if (this.#stats === undefined || this.outstanding > 0) this.#die('it ended too early');
    else if (!this.#isOver) {
      this.#isOver = true;
      this.#events.onEnd(this);
    }
  }

  #die(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.onDeath(this, reason);
  }
}
