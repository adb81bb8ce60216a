import {
  MessageChannel,
  type MessagePort,
  parentPort,
  type Transferable as TransferItem,
} from 'node:worker_threads';
import type { ThreadLoop } from '../loop/index.js';
import { nowMs } from '../stats/index.js';
import { encodeError, isError } from './error-codec.js';
import { type Handler, loadedHandler, loadHandler } from './handlers.js';
import { Iteration } from './iteration.js';
import { Link, type LinkHandler } from './link.js';
import { isMovable, transferableSymbol, valueSymbol } from './movable.js';
import { SlotContext } from './task-context.js';
import { BY_PORT, Header, SlotState, ThreadWord, ToPool, ToThread } from './thread-descriptor.js';
import { PORT_KEY, type ThreadSettings, type ThreadStart } from './thread-start.js';
import { hasUnwrittenOutput, writeOutput } from './worker-output.js';

interface KnownHandler {
  readonly filename: string;
  readonly name: string;
  /** Undefined until the file is loaded. */
  handler: Handler | undefined;
}

/** A task that has begun. */
interface Running {
  readonly slot: number;
  /** When it began, if that is measured. */
  readonly startMs: number;
  readonly context: SlotContext | undefined;
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
  /** By slot; one that is over stays until the slot is used again. */
  readonly #contexts: SlotContext[] = [];
  readonly #iterations = new Map<number, Iteration>();
  #running = 0;
  #isStarting = false;

  constructor(loop: ThreadLoop, { ends, words, settings }: ThreadStart) {
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
      this.#handlers[number] = { filename, name, handler: loadedHandler(filename, name) };
      return;
    }
    if (kind === ToThread.run || kind === ToThread.runTimed || kind === ToThread.iterate)
      this.#start(header, payload);
    else if (kind === ToThread.cancel) this.#cancel(slotOf(header), payload);
    else if (kind === ToThread.credit) this.#iterations.get(slotOf(header))?.add(payload as number);
    else if (this.#running < this.#settings.concurrentTasks && this.#ahead.length === 0)
      this.#startAhead(header, payload);
    else this.#ahead.push({ header, payload });
  }

  /** Begins a task that was sent ahead, unless the pool has taken it back. */
  #startAhead(header: number, payload: unknown): void {
    const { queued, taken } = SlotState;
    const slot = slotOf(header);
    if (Atomics.compareExchange(this.#words, ThreadWord.slots + slot, queued, taken) === queued)
      this.#start(header, payload);
    else this.#link.send(ToPool.passed | (slot << Header.kindBits), undefined);
  }

  #start(header: number, payload: unknown): void {
    const kind = header & Header.kindMask & ~BY_PORT;
    const slot = (header >>> Header.kindBits) & Header.slotMask;
    const isTimed = kind === ToThread.runTimed || kind === ToThread.runAheadTimed;
    const startMs = isTimed ? nowMs() : NOT_TIMED;
    let context: SlotContext | undefined;
    if (this.#settings.hasContext) {
      context = new SlotContext(this.#words, ThreadWord.slots + slot);
      this.#contexts[slot] = context;
    }
    const running: Running = { slot, startMs, context };
    if (kind === ToThread.iterate)
      this.#iterations.set(slot, new Iteration((value) => this.#sendValue(slot, value)));
    const known = this.#handlers[header >>> Header.handlerShift];
    this.#running++;
    if (known.handler !== undefined) this.#run(running, known.handler, payload);
    else void this.#loadAndRun(running, known, payload);
  }

  /** The pool has cancelled a task: those who listen are told, and an iteration stops. */
  #cancel(slot: number, reason: unknown): void {
    this.#contexts[slot]?.abort(reason);
    this.#iterations.get(slot)?.stop();
  }

  #sendValue(slot: number, value: unknown): void {
    this.#link.send(ToPool.value | (slot << Header.kindBits), value);
  }

  /** A task has ended: tasks that were sent ahead may begin. */
  #end({ slot, context }: Running): void {
    this.#running--;
    context?.end();
    if (this.#iterations.size > 0) this.#iterations.delete(slot);
    // A task that ends at once comes here again from within.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#running < this.#settings.concurrentTasks && this.#ahead.length > 0) {
      const { header, payload } = this.#ahead.shift()!;
      this.#startAhead(header, payload);
    }
    this.#isStarting = false;
  }

  async #loadAndRun(running: Running, known: KnownHandler, payload: unknown): Promise<void> {
    try {
      known.handler = await loadHandler(known.filename, known.name, this.#words);
      if (known.handler === undefined) throw new Error(`No handler function exported from ${known.filename}`);
    } catch (error) {
      return this.#fail(running, error);
    }
    this.#run(running, known.handler, payload);
  }

  #run(running: Running, handler: Handler, payload: unknown): void {
    let result: unknown;
    let isPromise: boolean;
    try {
      result = running.context === undefined ? handler(payload) : handler(payload, running.context);
      const iteration = this.#iterations.size === 0 ? undefined : this.#iterations.get(running.slot);
      if (iteration !== undefined) result = iteration.run(result);
      isPromise =
        (typeof result === 'object' ? result !== null : typeof result === 'function') &&
        typeof (result as PromiseLike<unknown>).then === 'function';
    } catch (error) {
      return this.#fail(running, error);
    }
    if (isPromise) void this.#settle(running, result);
    else this.#finish(running, result);
  }

  async #settle(running: Running, promise: unknown): Promise<void> {
    let result: unknown;
    try {
      result = await promise;
    } catch (error) {
      return this.#fail(running, error);
    }
    this.#finish(running, result);
  }

  #finish(running: Running, result: unknown): void {
    if (this.#settings.waitsForOutput && hasUnwrittenOutput()) {
      void writeOutput().then(() => this.#sendResult(running, result));
    } else this.#sendResult(running, result);
  }

  #sendResult(running: Running, result: unknown): void {
    if (running.startMs !== NOT_TIMED) this.#sendTime(running);
    const header = ToPool.result | (running.slot << Header.kindBits);
    try {
      if (typeof result === 'object' && isMovable(result))
        this.#link.send(header, result[valueSymbol], NO_TRANSFER.concat(result[transferableSymbol] as never));
      else this.#link.send(header, result);
    } catch (error) {
      this.#onUnclonable(running.slot, error);
    }
    this.#end(running);
  }

  #fail(running: Running, error: unknown): void {
    if (running.startMs !== NOT_TIMED) this.#sendTime(running);
    const slotBits = running.slot << Header.kindBits;
    try {
      if (isError(error)) this.#link.send(ToPool.error | slotBits, encodeError(error));
      else this.#link.send(ToPool.thrown | slotBits, error);
    } catch (cloneError) {
      this.#onUnclonable(running.slot, cloneError);
    }
    this.#end(running);
  }

  #sendTime({ startMs }: Running): void {
    this.#link.send(ToPool.time, Math.round(nowMs() - startMs));
  }

  /** What the task gave cannot be sent. */
  #onUnclonable(slot: number, error: unknown): void {
    if (this.#settings.crashesOnUnclonable) {
      queueMicrotask(() => {
        throw error;
      });
    } else this.#link.send(ToPool.error | (slot << Header.kindBits), encodeError(error as Error));
  }
}

const slotOf = (header: number): number => (header >>> Header.kindBits) & Header.slotMask;
