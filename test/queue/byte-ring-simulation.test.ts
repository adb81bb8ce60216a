import { expect, test } from 'vitest';
import {
  ByteRing,
  ByteRingConsumer,
  ByteRingProducer,
  createByteRing,
  Record,
  RecordKind,
} from 'wakeline/queue';
import { SeededRandom } from '../support/random.js';

interface ModelRecord {
  readonly kind: number;
  readonly inline: number;
  readonly payload: Uint8Array;
}

const STEPS = 2000;
const TWO_TO_32 = 2 ** 32;

/** Tens of thousands of checks a run: plain ones, since those of the test runner take microseconds. */
function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the ring differs from the model: ${what}`);
}

/** A byte ring next to a plain array that holds what is in it. */
class Simulation {
  readonly model: ModelRecord[] = [];
  readonly #random: SeededRandom;
  readonly #capacityBytes: number;
  readonly #producer: ByteRingProducer;
  readonly #consumer: ByteRingConsumer;
  /** As Numbers that never wrap, unlike the words. */
  #tail: number;
  refusals = 0;
  received = 0;

  constructor(seed: number, capacityBytes: number, start: number) {
    this.#random = new SeededRandom(seed);
    this.#capacityBytes = capacityBytes;
    const memory = createByteRing(capacityBytes);
    const words = new Int32Array(memory);
    words[ByteRing.head] = start | 0;
    words[ByteRing.tail] = start | 0;
    this.#tail = start;
    this.#producer = new ByteRingProducer(memory);
    this.#consumer = new ByteRingConsumer(memory);
  }

  /** What a record of this payload takes now, and what is free, as the layout's description has it. */
  #mustFit(payloadBytes: number): { needed: number; fits: boolean } {
    const record = 8 + Math.ceil(payloadBytes / 8) * 8;
    const toEnd = this.#capacityBytes - (this.#tail % this.#capacityBytes);
    const needed = record <= toEnd ? record : toEnd + record;
    const head = this.#producer.words[ByteRing.head] >>> 0;
    const used = ((this.#tail % TWO_TO_32) - head + TWO_TO_32) % TWO_TO_32;
    return { needed, fits: needed <= this.#capacityBytes - used };
  }

  send(): void {
    const random = this.#random;
    const { maxPayloadBytes } = this.#producer;
    // Small ones for the most part; now and then the largest, and the empty one.
    const choice = random.below(8);
    const payloadBytes =
      choice === 0 ? maxPayloadBytes : choice === 1 ? 0 : random.below(choice < 4 ? maxPayloadBytes + 1 : 24);
    const kind = RecordKind.int32 + random.below(12);
    const { needed, fits } = this.#mustFit(payloadBytes);
    const at = this.#producer.reserve(kind, payloadBytes);
    demand(at >= 0 === fits, `${payloadBytes} bytes: ${fits ? 'refused' : 'not refused'}`);
    if (at < 0) {
      this.refusals++;
      return;
    }
    // A reservation that is not published leaves no trace.
    if (random.below(10) === 0) return;
    const inline = random.below(TWO_TO_32) | 0;
    const payload = Uint8Array.from({ length: payloadBytes }, () => random.below(256));
    this.#producer.words[at] = inline;
    this.#producer.bytes.set(payload, (at + 1 - ByteRing.data) * 4);
    this.#producer.publish();
    this.#tail += needed;
    this.model.push({ kind, inline, payload });
  }

  receive(): void {
    const consumer = this.#consumer;
    const expected = this.model.shift();
    demand(consumer.hasNext() === (expected !== undefined), 'hasNext');
    demand(consumer.next() === (expected !== undefined), 'next');
    if (expected === undefined) return;
    this.received++;
    const { kind, payloadBytes, inlineIndex, payloadOffset } = consumer;
    demand(kind === expected.kind, `kind ${kind} instead of ${expected.kind}`);
    demand(payloadBytes === expected.payload.length, `${payloadBytes} bytes`);
    demand(consumer.words[inlineIndex] === expected.inline, 'inline word');
    const got = consumer.bytes.subarray(payloadOffset, payloadOffset + payloadBytes);
    demand(got.equals(expected.payload), 'payload');
    consumer.consume();
    if (this.#random.below(4) === 0) consumer.release();
  }

  run(): void {
    for (let step = 0; step < STEPS; step++) {
      // Runs of one side, so that the ring becomes full and empty.
      const isSending = this.#random.below(2) === 0;
      const count = this.#random.below(12);
      for (let i = 0; i < count; i++) isSending ? this.send() : this.receive();
    }
    this.#consumer.release();
    while (this.model.length > 0) this.receive();
    this.receive();
  }
}

const starts: [string, number][] = [
  ['0', 0],
  ['2^31', 2 ** 31 - 4096],
  ['2^32', 2 ** 32 - 4096],
];

for (const [where, start] of starts) {
  for (const capacityBytes of [256, 1024]) {
    test(`a ring of ${capacityBytes} bytes does as a plain array does, from positions near ${where}`, () => {
      for (let seed = 1; seed <= 3; seed++) {
        const simulation = new Simulation(seed, capacityBytes, start);
        try {
          simulation.run();
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
        expect(simulation.refusals).toBeGreaterThan(100);
        expect(simulation.received).toBeGreaterThan(1000);
      }
    });
  }
}

test('records of every size wrap around at every offset of the ring', () => {
  const capacityBytes = 256;
  for (let offset = 0; offset < capacityBytes; offset += Record.alignmentBytes) {
    for (let payloadBytes = 0; payloadBytes <= 120; payloadBytes++) {
      const memory = createByteRing(capacityBytes);
      const words = new Int32Array(memory);
      words[ByteRing.head] = offset;
      words[ByteRing.tail] = offset;
      const producer = new ByteRingProducer(memory);
      const consumer = new ByteRingConsumer(memory);
      const at = producer.reserve(RecordKind.bytes, payloadBytes);
      const begin = (at + 1 - ByteRing.data) * 4;
      if (at < 0 || begin + payloadBytes > capacityBytes)
        throw new Error(`offset ${offset}, ${payloadBytes} bytes`);
      producer.bytes.fill(payloadBytes + 1, begin, begin + payloadBytes);
      producer.publish();
      if (!consumer.next() || consumer.payloadOffset !== begin || consumer.payloadBytes !== payloadBytes) {
        throw new Error(`offset ${offset}, ${payloadBytes} bytes: not found`);
      }
      consumer.consume();
      consumer.release();
      demand(
        words[ByteRing.head] === words[ByteRing.tail],
        `offset ${offset}, ${payloadBytes} bytes: left over`,
      );
    }
  }
});
