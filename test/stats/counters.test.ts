import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { Channel, EventLoop } from 'wakeline';
import { CounterIndex, counterNames, createCounters, nowMs, snapshot, systemCallsOf } from 'wakeline/stats';
import { fixturePath } from '../support/project.js';

test('counters can be read from another thread while their thread counts', async () => {
  const counters = createCounters();
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(fixturePath('count-up'), { workerData: { counters, stop } });
  const ended = once(worker, 'exit');
  const seen: number[] = [];
  while (seen.length < 20) {
    const { turns } = snapshot(counters);
    if (turns > (seen.at(-1) ?? 0)) seen.push(turns);
    await new Promise(setImmediate);
  }
  Atomics.store(stop, 0, 1);
  await ended;
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(snapshot(counters).turns).toBe(stop[1]);
});

test('new counters are all 0, and lie in shared memory', () => {
  const counters = createCounters();
  expect(counters.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(Object.values(snapshot(counters))).toEqual(counterNames.map(() => 0));
});

test('a snapshot has every counter under its name', () => {
  const counters = createCounters();
  for (const name of counterNames) counters[CounterIndex[name]] = CounterIndex[name] + 1;
  const taken = snapshot(counters);
  expect(Object.keys(taken)).toEqual([...counterNames]);
  for (const name of counterNames) expect(taken[name]).toBe(CounterIndex[name] + 1);
  counters.fill(0);
  expect(taken.turns).toBe(1);
});

test('the system calls are the sum of the counters that count calls', () => {
  const counters = createCounters();
  counters.fill(1);
  const names = counterNames.filter((name) => name.startsWith('calls'));
  expect(systemCallsOf(snapshot(counters))).toBe(names.length);
  expect(names.length).toBeGreaterThan(0);
});

test('the clock is monotonic, in milliseconds', () => {
  const begin = nowMs();
  const beginNs = process.hrtime.bigint();
  for (let before = begin, count = 0; count < 10_000; count++) {
    const now = nowMs();
    if (now < before) throw new Error(`${now} after ${before}`);
    before = now;
  }
  const tookMs = Number(process.hrtime.bigint() - beginNs) / 1e6;
  expect(nowMs() - begin).toBeGreaterThan(tookMs * 0.5);
});

test("a loop's statistics count the messages that it sent and received", async () => {
  const loop = EventLoop.attach();
  const channel = new Channel<number>();
  const sender = loop.sender(channel.sender);
  const receiver = loop.receiver(channel.receiver);
  const got = new Promise((resolve) => receiver.onMessage((value) => value === 9 && resolve(value)));
  for (let value = 0; value < 10; value++) sender.send(value);
  await got;
  const { counters, wakes, syscalls } = loop.stats();
  expect(counters.messagesSent).toBe(10);
  expect(counters.messagesReceived).toBe(10);
  expect(counters.turns).toBeGreaterThan(0);
  expect(wakes.awake + wakes.spin + wakes.umwait + wakes.kernel).toBe(counters.turns);
  expect(syscalls).toBe(systemCallsOf(counters));
  await loop.close();
});
