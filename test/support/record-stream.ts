import { SeededRandom } from './random.js';

/** What both ends of a stream of random records compute for themselves. */
export class RecordStream {
  kind = 0;
  inline = 0;
  payloadBytes = 0;
  /** Byte i of the payload is `(firstByte + i) & 255`. */
  firstByte = 0;
  readonly #random: SeededRandom;
  readonly #maxPayloadBytes: number;

  constructor(seed: number, maxPayloadBytes: number) {
    this.#random = new SeededRandom(seed);
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Goes to the next record. */
  advance(): void {
    const random = this.#random;
    this.kind = 2 + random.below(12);
    this.inline = random.below(2 ** 32) | 0;
    this.payloadBytes = random.below(random.below(50) === 0 ? this.#maxPayloadBytes + 1 : 48);
    this.firstByte = random.below(256);
  }
}
