import {
  MessageChannel,
  type MessagePort,
  parentPort,
  type Transferable as TransferItem,
} from 'node:worker_threads';
import type { EventLoop } from '../io/index.js';
import { nowMs } from '../stats/index.js';
import { encodeError, isError } from './error-codec.js';
import { type Handler, loadHandler } from './handlers.js';
import { Link, type LinkHandler } from './link.js';
import { isMovable, transferableSymbol, valueSymbol } from './movable.js';
import { BY_PORT, Header, SlotState, ThreadWord, ToPool, ToThread } from './thread-descriptor.js';
import { PORT_KEY, type ThreadSettings, type ThreadStart } from './thread-start.js';

interface KnownHandler {
  readonly filename: string;
  readonly name: string;
  /** Undefined until the file is loaded. */
  handler: Handler | undefined;
}

const NOT_TIMED = -1;
const NO_TRANSFER: readonly TransferItem[] = [];

/** The thread's side of a pool: runs the tasks that come over the link, and sends their results back. */
export class TaskRunner implements LinkHandler {
  readonly #link: Link;
  readonly #settings: ThreadSettings;
  readonly #words: Int32Array;
  readonly #handlers: KnownHandler[] = [];
  /** Tasks that were sent ahead and have no room yet. */
  readonly #ahead: { header: number; payload: unknown }[] = [];
  #running = 0;
  #isStarting = false;

  constructor(loop: EventLoop, { ends, words, settings }: ThreadStart) {
    this.#settings = settings;
    this.#words = words;
    this.#link = new Link(loop, ends, this);
  }

  /** The port by which the pool sends what channels cannot carry. */
  setPort(port: MessagePort): void {
    this.#link.setPort(port);
  }

  openPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    parentPort!.postMessage({ [PORT_KEY]: port2 }, [port2]);
    return port1;
  }

  onRecord(kind: number, header: number, payload: unknown): void {
    const number = header >>> Header.handlerShift;
    if (kind === ToThread.handler) {
      const [filename, name] = payload as [string, string];
      this.#handlers[number] = { filename, name, handler: undefined };
      return;
    }
    if (kind === ToThread.run || kind === ToThread.runTimed) this.#start(header, payload);
    else if (this.#running < this.#settings.concurrentTasks && this.#ahead.length === 0)
      this.#startAhead(header, payload);
    else this.#ahead.push({ header, payload });
  }

  /** Begins a task that was sent ahead, unless the pool has taken it back. */
  #startAhead(header: number, payload: unknown): void {
    const { queued, taken } = SlotState;
    const slot = (header >>> Header.kindBits) & Header.slotMask;
    if (Atomics.compareExchange(this.#words, ThreadWord.slots + slot, queued, taken) === queued)
      this.#start(header, payload);
    else this.#link.send(ToPool.passed | (slot << Header.kindBits), undefined);
  }

  #start(header: number, payload: unknown): void {
    const kind = header & Header.kindMask & ~BY_PORT;
    const slot = (header >>> Header.kindBits) & Header.slotMask;
    const isTimed = kind === ToThread.runTimed || kind === ToThread.runAheadTimed;
    const startMs = isTimed ? nowMs() : NOT_TIMED;
    const known = this.#handlers[header >>> Header.handlerShift];
    this.#running++;
    if (known.handler !== undefined) this.#run(slot, known.handler, payload, startMs);
    else void this.#loadAndRun(slot, known, payload, startMs);
  }

  /** A task has ended: tasks that were sent ahead may begin. */
  #end(): void {
    this.#running--;
    // A task that ends at once comes here again from within.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#running < this.#settings.concurrentTasks && this.#ahead.length > 0) {
      const { header, payload } = this.#ahead.shift()!;
      this.#startAhead(header, payload);
    }
    this.#isStarting = false;
  }

  async #loadAndRun(slot: number, known: KnownHandler, payload: unknown, startMs: number): Promise<void> {
    try {
      known.handler = await loadHandler(known.filename, known.name);
      if (known.handler === undefined) throw new Error(`No handler function exported from ${known.filename}`);
    } catch (error) {
      return this.#fail(slot, error, startMs);
    }
    this.#run(slot, known.handler, payload, startMs);
  }

  #run(slot: number, handler: Handler, payload: unknown, startMs: number): void {
    let result: unknown;
    let isPromise: boolean;
    try {
      result = handler(payload);
      isPromise = isThenable(result);
    } catch (error) {
      return this.#fail(slot, error, startMs);
    }
    if (isPromise) void this.#settle(slot, result, startMs);
    else this.#finish(slot, result, startMs);
  }

  async #settle(slot: number, promise: unknown, startMs: number): Promise<void> {
    let result: unknown;
    try {
      result = await promise;
    } catch (error) {
      return this.#fail(slot, error, startMs);
    }
    this.#finish(slot, result, startMs);
  }

  #finish(slot: number, result: unknown, startMs: number): void {
    if (this.#settings.waitsForOutput && hasUnwrittenOutput()) {
      void writeOutput().then(() => this.#sendResult(slot, result, startMs));
    } else this.#sendResult(slot, result, startMs);
  }

  #sendResult(slot: number, result: unknown, startMs: number): void {
    if (startMs !== NOT_TIMED) this.#link.send(ToPool.time, Math.round(nowMs() - startMs));
    const header = ToPool.result | (slot << Header.kindBits);
    try {
      if (isMovable(result))
        this.#link.send(header, result[valueSymbol], NO_TRANSFER.concat(result[transferableSymbol] as never));
      else this.#link.send(header, result);
    } catch (error) {
      this.#onUnclonable(slot, error);
    }
    this.#end();
  }

  #fail(slot: number, error: unknown, startMs: number): void {
    if (startMs !== NOT_TIMED) this.#link.send(ToPool.time, Math.round(nowMs() - startMs));
    try {
      if (isError(error)) this.#link.send(ToPool.error | (slot << Header.kindBits), encodeError(error));
      else this.#link.send(ToPool.thrown | (slot << Header.kindBits), error);
    } catch (cloneError) {
      this.#onUnclonable(slot, cloneError);
    }
    this.#end();
  }

  /** What the task gave cannot be sent. */
  #onUnclonable(slot: number, error: unknown): void {
    if (this.#settings.crashesOnUnclonable) {
      queueMicrotask(() => {
        throw error;
      });
    } else this.#link.send(ToPool.thrown | (slot << Header.kindBits), error);
  }
}

function isThenable(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return typeof (value as PromiseLike<unknown>).then === 'function';
}

function hasUnwrittenOutput(): boolean {
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0;
}

/** Resolves when the main thread has taken what this thread has written. */
async function writeOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}
