import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { ByteRing, ByteRingConsumer, createByteRing } from 'wakeline/queue';
import { fixturePath } from '../support/project.js';
import { RecordStream } from '../support/record-stream.js';

/** A small ring changes hands for every few records, which takes longer. */
const streams = [
  { capacityBytes: 256, count: 60_000 },
  { capacityBytes: 65_536, count: 300_000 },
];

/** Describes the first difference between a record and what it should be. */
function differenceOf(consumer: ByteRingConsumer, stream: RecordStream): string | undefined {
  const { kind, payloadBytes, payloadOffset, bytes, words, inlineIndex } = consumer;
  if (kind !== stream.kind) return `kind ${kind} instead of ${stream.kind}`;
  if (payloadBytes !== stream.payloadBytes) return `${payloadBytes} bytes instead of ${stream.payloadBytes}`;
  if (words[inlineIndex] !== stream.inline) return 'another inline word';
  for (let i = 0; i < payloadBytes; i++) {
    if (bytes[payloadOffset + i] !== ((stream.firstByte + i) & 255)) return `another byte ${i}`;
  }
  return undefined;
}

for (const { capacityBytes, count } of streams) {
  test(`${count} random records arrive as sent by another thread (ring of ${capacityBytes} bytes)`, async () => {
    const memory = createByteRing(capacityBytes);
    const consumer = new ByteRingConsumer(memory);
    const seed = 0x5eed + capacityBytes;
    const worker = new Worker(fixturePath('stream-records'), { workerData: { memory, seed, count } });
    const ended = once(worker, 'exit');
    await once(worker, 'online');
    const stream = new RecordStream(seed, capacityBytes / 2 - 8);
    let received = 0;
    for (let looks = 1; received < count; looks++) {
      while (consumer.next()) {
        stream.advance();
        const difference = differenceOf(consumer, stream);
        if (difference !== undefined) throw new Error(`record ${received}, seed ${seed}: ${difference}`);
        consumer.consume();
        received++;
      }
      consumer.release();
      if (looks % 200 === 0) Atomics.wait(consumer.words, ByteRing.user, 0, 0.1);
      if (consumer.isProducerClosed() && !consumer.hasNext()) break;
    }
    expect(received).toBe(count);
    expect(await ended).toEqual([0]);
  });
}
