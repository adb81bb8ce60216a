import { expect, test } from 'vitest';
import {
  ByteRing,
  ByteRingConsumer,
  ByteRingProducer,
  capacityLimits,
  createByteRing,
  RecordKind,
} from 'wakeline/queue';

interface Pair {
  readonly memory: SharedArrayBuffer;
  readonly producer: ByteRingProducer;
  readonly consumer: ByteRingConsumer;
}

function createPair(capacityBytes = 256): Pair {
  const memory = createByteRing(capacityBytes);
  return { memory, producer: new ByteRingProducer(memory), consumer: new ByteRingConsumer(memory) };
}

/** Sends a record of so many bytes; returns whether there was room. */
function send(producer: ByteRingProducer, payloadBytes: number): boolean {
  if (producer.reserve(RecordKind.bytes, payloadBytes) < 0) return false;
  producer.publish();
  return true;
}

test('an empty ring has nothing', () => {
  const { consumer } = createPair();
  expect(consumer.hasNext()).toBe(false);
  expect(consumer.next()).toBe(false);
});

test('a full ring refuses, and takes again what was given back', () => {
  const { producer, consumer } = createPair();
  for (let count = 0; count < 32; count++) expect(send(producer, 0)).toBe(true);
  expect(producer.freeBytes(true)).toBe(0);
  expect(send(producer, 0)).toBe(false);
  consumer.next();
  consumer.consume();
  expect(send(producer, 0)).toBe(false);
  consumer.release();
  expect(send(producer, 0)).toBe(true);
  expect(send(producer, 0)).toBe(false);
});

test('two of the largest records always fit, wherever the end of the ring falls', () => {
  for (let offset = 0; offset < 256; offset += 8) {
    const { memory } = createPair();
    const words = new Int32Array(memory);
    words[ByteRing.head] = offset;
    words[ByteRing.tail] = offset;
    const producer = new ByteRingProducer(memory);
    expect(send(producer, producer.maxPayloadBytes), `at ${offset}`).toBe(true);
  }
});

test('a record that is not published is not seen', () => {
  const { producer, consumer } = createPair();
  producer.reserve(RecordKind.bytes, 40);
  expect(consumer.hasNext()).toBe(false);
  producer.reserve(RecordKind.int32, 0);
  producer.publish();
  consumer.next();
  expect(consumer.kind).toBe(RecordKind.int32);
});

test('the consumer never sees the padding at the end of the ring', () => {
  const { producer, consumer } = createPair();
  for (let round = 0; round < 50; round++) {
    expect(send(producer, 96)).toBe(true);
    expect(consumer.next()).toBe(true);
    expect(consumer.kind).toBe(RecordKind.bytes);
    expect(consumer.payloadBytes).toBe(96);
    consumer.consume();
    consumer.release();
  }
});

test('a long batch gives room back on the way, without a release', () => {
  const { memory, producer, consumer } = createPair();
  for (let count = 0; count < 32; count++) send(producer, 0);
  for (let count = 0; count < 16; count++) {
    consumer.next();
    consumer.consume();
  }
  expect(new Int32Array(memory)[ByteRing.head]).toBeGreaterThan(0);
});

test('a producer that asked for room is rung for once, when half the ring is free', () => {
  const { producer, consumer } = createPair();
  for (let count = 0; count < 32; count++) send(producer, 0);
  producer.requestRoom();
  for (let count = 0; count < 15; count++) {
    consumer.next();
    consumer.consume();
    expect(consumer.release(), `after ${count + 1} records`).toBe(false);
  }
  consumer.next();
  consumer.consume();
  expect(consumer.release()).toBe(true);
  expect(consumer.release()).toBe(false);
});

test('a producer that asked for nothing is not rung for', () => {
  const { producer, consumer } = createPair();
  send(producer, 0);
  consumer.next();
  consumer.consume();
  expect(consumer.release()).toBe(false);
});

test('each side sees the other close', () => {
  const { producer, consumer } = createPair();
  expect(consumer.isProducerClosed()).toBe(false);
  producer.close();
  expect(consumer.isProducerClosed()).toBe(true);
  expect(producer.isConsumerClosed()).toBe(false);
  consumer.close();
  expect(producer.isConsumerClosed()).toBe(true);
});

test('memory that is no byte ring is refused', () => {
  for (const memory of [new SharedArrayBuffer(16), new SharedArrayBuffer(4096), new ArrayBuffer(4096)]) {
    expect(() => new ByteRingProducer(memory as SharedArrayBuffer)).toThrow(TypeError);
    expect(() => new ByteRingConsumer(memory as SharedArrayBuffer)).toThrow(TypeError);
  }
});

test('a side that is opened again goes on where it was', () => {
  const { memory, producer, consumer } = createPair();
  for (let count = 0; count < 20; count++) send(producer, 0);
  for (let count = 0; count < 10; count++) {
    consumer.next();
    consumer.consume();
  }
  consumer.release();
  const second = new ByteRingConsumer(memory);
  let left = 0;
  while (second.next()) {
    second.consume();
    left++;
  }
  expect(left).toBe(10);
});

test('the largest ring takes records of the largest payload', () => {
  const { producer, consumer } = createPair(capacityLimits.max);
  expect(producer.maxPayloadBytes).toBe(0xff_ffff);
  expect(send(producer, producer.maxPayloadBytes)).toBe(true);
  expect(consumer.next()).toBe(true);
  expect(consumer.payloadBytes).toBe(0xff_ffff);
});
