import { AsyncResource } from 'node:async_hooks';
import type { Transferable as TransferItem } from 'node:worker_threads';
import { nowMs } from '../stats/index.js';
import { type AbortSignalAny, onAbort } from './abort.js';
import { isMovable, queueOptionsSymbol, transferableSymbol, valueSymbol } from './movable.js';
import type { PoolThread } from './pool-thread.js';

/** A task as a load balancer sees it. */
export interface TaskView {
  readonly taskId: number;
  readonly filename: string;
  readonly name: string;
  /** When `run` was called, of `performance.now()`. */
  readonly created: number;
  readonly isAbortable: boolean;
  readonly [queueOptionsSymbol]: object | null;
}

/** What a task tells when it is over. */
export interface TaskOwner {
  /** Called in the task's asynchronous context, before its promise settles. */
  onTaskOver(task: Task): void;
  /** Called when its promise has been settled; whoever awaits it goes on later. */
  onTaskSettled(task: Task): void;
}

/** How `Task` is announced to async_hooks. */
interface TaskAsyncOptions {
  readonly requireManualDestroy: true;
  readonly triggerAsyncId: number;
}

/** What the tasks of a pool have in common. */
export class TaskKind {
  readonly owner: TaskOwner;
  readonly asyncOptions: TaskAsyncOptions;
  /**
   * A task that is over. V8 drops the shape of objects with the last of them, and all code that it has optimised for that
   * shape: a pool that idles has no task when V8 collects, 8 s later.
   */
  example: Task | undefined;

  /** @param triggerAsyncId the asynchronous resource of the pool */
  constructor(owner: TaskOwner, triggerAsyncId: number) {
    this.owner = owner;
    this.asyncOptions = { requireManualDestroy: true, triggerAsyncId };
  }

  /**
   * Keeps a task that is over, without anything of the user's, in place of the one that was kept before: the shape depends on
   * what Node has come to note in asynchronous resources. A pool gives its first task, and later ones at each power of two.
   */
  keep(task: Task): void {
    // One that has failed without a thread has not been returned yet; what stops listening, or takes values, would hold more.
    if (task.ended === 0 || task.abortSignal !== null || task.onValue !== undefined) return;
    task.forget();
    this.example = task;
  }
}

interface Settlers {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

let captured: Settlers | undefined;
/** One executor for all promises, instead of a closure for each. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  captured = { resolve, reject };
}

/** What a task that is kept has in place of its own. */
const over = new Promise<unknown>(capture);
const overSettlers = captured!;

let nextTaskId = 0;

/** One call of `run`, from that call until its promise settles. Its public names are those that task queues may read. */
export class Task extends AsyncResource {
  promise: Promise<unknown>;
  task: unknown;
  transferList: readonly TransferItem[];
  readonly filename: string;
  readonly name: string;
  readonly taskId: number;
  readonly abortSignal: AbortSignalAny | null;
  /** The thread that has it. */
  workerInfo: PoolThread | null = null;
  /** Its place on that thread. */
  slot = -1;
  readonly created = nowMs();
  /** Higher ones leave a `WorkerPool`'s queue first. */
  priority = 0;
  /** Tasks of one key run on one thread; null: this task has no key, but is for one thread all the same. */
  key: string | number | null | undefined;
  /** The thread that it waits for, if it is for one thread. */
  home: PoolThread | undefined;
  /** Called for each value of a task that iterates; undefined for all other tasks. */
  onValue: ((value: unknown) => void) | undefined;
  /** While it is ahead: the task that is held back behind it. */
  held: Task | undefined;
  started = 0;
  ended = 0;
  aborted = false;
  readonly #owner: TaskOwner;
  #settlers: Settlers;
  #stopListening: (() => void) | undefined;

  constructor(
    kind: TaskKind,
    value: unknown,
    transferList: readonly TransferItem[],
    filename: string,
    name: string,
    signal: AbortSignalAny | null,
  ) {
    const promise = new Promise<unknown>(capture);
    super('Piscina.Task', kind.asyncOptions);
    this.promise = promise;
    this.#settlers = captured!;
    captured = undefined;
    this.#owner = kind.owner;
    this.filename = filename;
    this.name = name;
    this.taskId = nextTaskId++;
    this.abortSignal = signal;
    if (isMovable(value)) {
      // `concat`: what is to be transferred may be one object or an array of them.
      this.transferList = transferList.concat(value[transferableSymbol] as TransferItem);
      this.task = value[valueSymbol];
    } else {
      this.transferList = transferList;
      this.task = value;
    }
  }

  /**
   * Calls back when the signal is aborted before the task is over.
   * @param stop called when it is no longer listened to
   */
  listen(signal: AbortSignalAny, onAborted: () => void, stop?: () => void): void {
    const off = onAbort(signal, () => {
      this.aborted = true;
      stop?.();
      onAborted();
    });
    this.#stopListening = () => {
      off();
      stop?.();
    };
  }

  /** Gives the value away: from now on a thread has it. */
  releaseTask(): unknown {
    const value = this.task;
    this.task = null;
    return value;
  }

  /** Rejects the promise alone; the task may still be running. */
  reject(error: unknown): void {
    this.#settlers.reject(error);
  }

  /** The task is over: with an error, or with `error` null and a result. */
  done(error: unknown, result?: unknown): void {
    this.runInAsyncScope(settle, undefined, this, error, result);
    // A task is used only once.
    this.emitDestroy();
    this.#stopListening?.();
  }

  /** Part of `done`. */
  static settle(task: Task, error: unknown, result: unknown): void {
    task.#owner.onTaskOver(task);
    if (error !== null) task.#settlers.reject(error);
    else task.#settlers.resolve(result);
    task.#owner.onTaskSettled(task);
  }

  /** Lets go of what the user gave and got, which the stores of AsyncLocalStorage are part of. Only for a task that is over. */
  forget(): void {
    this.promise = over;
    this.#settlers = overSettlers;
    this.task = null;
    this.transferList = [];
    this.key = undefined;
    this.workerInfo = null;
    this.home = undefined;
    const properties = this as unknown as Record<symbol, unknown>;
    // Node's numbers of the asynchronous resource stay.
    for (const symbol of Object.getOwnPropertySymbols(this))
      if (typeof properties[symbol] !== 'number') properties[symbol] = undefined;
  }

  get [queueOptionsSymbol](): object | null {
    return (this.task as Record<symbol, object> | null | undefined)?.[queueOptionsSymbol] ?? null;
  }

  /** The task as a load balancer sees it. */
  get interface(): TaskView {
    return {
      taskId: this.taskId,
      filename: this.filename,
      name: this.name,
      created: this.created,
      isAbortable: this.abortSignal !== null,
      [queueOptionsSymbol]: this[queueOptionsSymbol],
    };
  }
}

const { settle } = Task;
