import type { TaskQueue } from 'piscina';
import { hostPiscina } from './piscina-module.js';
import type { Task } from './task.js';

interface Level {
  readonly priority: number;
  readonly queue: TaskQueue;
}

/** First in, first out among tasks of one priority; higher priorities first. */
export class PriorityQueue implements TaskQueue {
  #size = 0;
  /** Highest priority first. There are as many as priorities were ever used, which are few. */
  readonly #levels: Level[] = [];

  get size(): number {
    return this.#size;
  }

  #queueOf(priority: number): TaskQueue {
    const levels = this.#levels;
    let at = 0;
    while (at < levels.length && levels[at].priority > priority) at++;
    if (levels[at]?.priority !== priority)
      levels.splice(at, 0, { priority, queue: new (hostPiscina().FixedQueue)() });
    return levels[at].queue;
  }

  push(task: never): void {
    this.#queueOf((task as Task).priority).push(task);
    this.#size++;
  }

  unshift(task: never): void {
    this.#queueOf((task as Task).priority).unshift!(task);
    this.#size++;
  }

  shift(): never {
    for (const { queue } of this.#levels) {
      if (queue.size === 0) continue;
      this.#size--;
      return queue.shift() as never;
    }
    return null as never;
  }

  remove(task: never): void {
    const queue = this.#queueOf((task as Task).priority);
    const { size } = queue;
    queue.remove(task);
    this.#size -= size - queue.size;
  }
}
