import crypto, { type Hash } from 'node:crypto';
import type { FileSink } from '../io/index.js';
import type { UringError } from '../ring/index.js';
import { type DigestFailure, type DigestLines, digestLine } from './digest-messages.js';

const ALGORITHM = 'sha256';

/** `crypto.hash` saves the Hash object of a file that comes in one piece; Node has it since 20.12. */
const hashAtOnce: (bytes: Buffer) => string =
  typeof crypto.hash === 'function'
    ? (bytes) => crypto.hash(ALGORITHM, bytes, 'hex')
    : (bytes) => crypto.createHash(ALGORITHM).update(bytes).digest('hex');

/** The SHA-256 of one file after the other, made from its pieces as they come. */
export class FileDigest implements FileSink {
  readonly #onAnswer: (digest: FileDigest, answer: DigestLines | DigestFailure) => void;
  #job = 0;
  #bytes = 0;
  #hash: Hash | undefined;

  /** @param onAnswer called once for each job; the digest may then take its next one */
  constructor(onAnswer: (digest: FileDigest, answer: DigestLines | DigestFailure) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Begins a file. */
  begin(job: number): this {
    this.#job = job;
    this.#bytes = 0;
    return this;
  }

  onPiece(bytes: Buffer, isLast: boolean): void {
    this.#bytes += bytes.length;
    if (isLast) {
      const sha256 = this.#hash === undefined ? hashAtOnce(bytes) : this.#hash.update(bytes).digest('hex');
      this.#hash = undefined;
      this.#onAnswer(this, digestLine(this.#job, this.#bytes, sha256));
    } else {
      this.#hash ??= crypto.createHash(ALGORITHM);
      this.#hash.update(bytes);
    }
  }

  onError({ code, message }: UringError): void {
    this.#hash = undefined;
    this.#onAnswer(this, { job: this.#job, code, message });
  }
}
