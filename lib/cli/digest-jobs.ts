import { FileReader } from '../io/file-reader.js';
import type { BytePath } from '../io/index.js';
import type { ReadingLoop } from '../io/reading-loop.js';
import type { Receiver } from '../loop/index.js';
import {
  type DigestAnswer,
  type DigestFailure,
  type DigestLines,
  type DigestThreadData,
  joinLines,
  threadStats,
} from './digest-messages.js';
import { FileDigest } from './file-digest.js';
import { Outbox } from './outbox.js';

/**
 * What a digest thread does: takes jobs while it has room for files in flight and for answers, and leaves the others in
 * the channel, where they hold the sender back.
 */
export class DigestJobs {
  readonly #loop: ReadingLoop;
  readonly #reader: FileReader;
  readonly #jobs: Receiver<BytePath>;
  readonly #answers: Outbox<DigestAnswer>;
  readonly #idleDigests: FileDigest[] = [];
  readonly #lines: DigestLines[] = [];
  #taken = 0;
  #isTaking = false;
  #hasAllJobs = false;
  #isFinished = false;

  /** Ends by itself: when the jobs' channel is closed and all are answered, the loop's statistics are the last answer. */
  constructor(loop: ReadingLoop, { jobs, answers }: DigestThreadData) {
    this.#loop = loop;
    this.#reader = new FileReader(loop);
    this.#answers = new Outbox(loop.sender(answers), () => this.#update());
    this.#jobs = loop.receiver(jobs).onClose(() => {
      this.#hasAllJobs = true;
      this.#update();
    });
    this.#update();
  }

  readonly #take = (path: BytePath): void => {
    const digest = this.#idleDigests.pop() ?? new FileDigest(this.#onAnswer);
    this.#reader.read(path, digest.begin(this.#taken++));
    this.#update();
  };

  readonly #onAnswer = (digest: FileDigest, answer: DigestLines | DigestFailure): void => {
    this.#idleDigests.push(digest);
    if (typeof answer === 'string') this.#addLine(answer);
    else this.#answers.send(answer);
    this.#update();
  };

  /** What one turn of the loop brings goes out together: one message, and one wake at the most. */
  #addLine(line: DigestLines): void {
    if (this.#lines.length === 0) process.nextTick(this.#sendLines);
    this.#lines.push(line);
  }

  readonly #sendLines = (): void => {
    this.#answers.send(joinLines(this.#lines));
    this.#lines.length = 0;
    this.#update();
  };

  #update(): void {
    const canTake = this.#reader.hasRoom && !this.#answers.isFull && !this.#hasAllJobs;
    if (canTake !== this.#isTaking) {
      this.#isTaking = canTake;
      this.#jobs.onMessage(canTake ? this.#take : undefined);
    }
    const isAnswered = this.#reader.active === 0 && this.#lines.length === 0 && !this.#answers.isFull;
    if (this.#hasAllJobs && isAnswered) this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#answers.send({ stats: threadStats(this.#loop.stats()) });
    this.#answers.close();
  }
}
