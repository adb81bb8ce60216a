// What the pools of the scenarios run, by name.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, type MessagePort, parentPort, resourceLimits, threadId } from 'node:worker_threads';
import { enterGate, type GateWords, isOpen, waitAtGate } from './gate.js';

/** The default export: returns its task. */
export default function echo(task: unknown): unknown {
  return task;
}

/** Blocks its thread at a gate, then returns the value. */
export function hold({ gate, value }: { gate: GateWords; value?: unknown }): unknown {
  waitAtGate(gate);
  return value;
}

/** Waits at a gate, and lets its thread do other things meanwhile. */
export async function holdAsync({ gate, value }: { gate: GateWords; value?: unknown }): Promise<unknown> {
  enterGate(gate);
  while (!isOpen(gate)) await sleep(1);
  return value;
}

/** Waits at a gate, and throws. */
export async function failAtGate({ gate, message }: { gate: GateWords; message: string }): Promise<never> {
  enterGate(gate);
  while (!isOpen(gate)) await sleep(1);
  throw new Error(message);
}

/** Never ends. */
export function spin(gate?: GateWords): never {
  if (gate !== undefined) enterGate(gate);
  for (;;);
}

/** Takes its time. */
export async function rest(milliseconds: number): Promise<number> {
  await sleep(milliseconds);
  return milliseconds;
}

/** The thread it runs on. */
export function where(): number {
  return threadId;
}

/** How the handler is called. */
export function calledWith(this: unknown, ...given: unknown[]): unknown {
  return { count: given.length, self: typeof this, isMainThread };
}

const thrown: Record<string, () => unknown> = {
  error: () => new Error('an error'),
  typeError: () => new TypeError('a type error'),
  rangeError: () => new RangeError('a range error'),
  syntaxError: () => new SyntaxError('a syntax error'),
  emptyError: () => new Error(),
  withCause: () => new Error('with a cause', { cause: new TypeError('the cause') }),
  number: () => 5,
  text: () => 'text',
  nothing: () => undefined,
  object: () => ({ a: 1 }),
  false: () => false,
  null: () => null,
};

/** Throws one of several kinds, while it is called. */
export function throwKind(kind: string): never {
  throw thrown[kind]();
}

/** The same, a little later. */
export async function rejectKind(kind: string): Promise<never> {
  await sleep(1);
  throw thrown[kind]();
}

/** Throws what no thread can send. */
export function throwUncloneable(): never {
  throw { report: () => 'a function' };
}

/** Returns what no thread can send. */
export function returnUncloneable(): unknown {
  return () => 'a function';
}

/** Ends its thread. */
export function exit(code: number): never {
  process.exit(code);
}

/** Ends its thread from a callback, while its task goes on. */
export async function exitLater({ gate, code }: { gate: GateWords; code: number }): Promise<void> {
  enterGate(gate);
  while (!isOpen(gate)) await sleep(1);
  setImmediate(() => process.exit(code));
  await sleep(60_000);
}

/** Throws where nobody catches, while its task goes on. */
export async function crash(gate?: GateWords): Promise<void> {
  if (gate !== undefined) {
    enterGate(gate);
    while (!isOpen(gate)) await sleep(1);
  }
  setImmediate(() => {
    throw new RangeError('nobody catches this');
  });
  await sleep(60_000);
}

/** Throws where nobody catches, after its task. */
export function crashAfterwards(delayMs: number): string {
  setTimeout(() => {
    throw new RangeError('after the task');
  }, delayMs);
  return 'done';
}

/** Leaves a rejection to nobody, while its task goes on. */
export async function rejectUnhandled(): Promise<void> {
  Promise.reject(new TypeError('nobody handles this'));
  await sleep(60_000);
}

/** Uses memory until there is none left. */
export function exhaustMemory(): never {
  const kept: unknown[] = [];
  for (;;) kept.push([kept.length, new Array(1000).fill(kept.length)]);
}

/** Sends the pool a message of its own. */
export function say(message: unknown): string {
  parentPort!.postMessage(message);
  return 'said';
}

/** What a thread knows of how it was started. */
export function environment(): unknown {
  return {
    variables: { ...process.env },
    arguments: process.argv.slice(2),
    nodeFlags: process.execArgv,
    resourceLimits: { ...resourceLimits },
  };
}

/** Adds to every number of a view that is shared with the main thread. */
export function addInPlace(view: Int32Array): number {
  for (let i = 0; i < view.length; i++) Atomics.add(view, i, 1);
  return view.length;
}

/** Resolves in ways other than a promise of its own. */
export function returnThenable(value: unknown): unknown {
  return Object.defineProperty({}, 'then', {
    value: (resolve: (value: unknown) => void) => resolve({ through: value }),
  });
}

/** Says something through a port that it was given. */
export function sayThrough({ port2, buffer }: { port2: MessagePort; buffer: ArrayBuffer }): number {
  port2.postMessage(`${buffer.byteLength} bytes`);
  port2.close();
  return buffer.byteLength;
}

/** All that a stream has. */
export async function readStream(stream: ReadableStream<string>): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
