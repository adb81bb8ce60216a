import type { Task } from './task.js';
import { SLOTS } from './thread-descriptor.js';

/** The tasks that a thread has, each in a slot whose number goes to and fro in headers. */
export class Slots {
  /** How many tasks there are. */
  size = 0;
  readonly #tasks: (Task | undefined)[] = [];
  readonly #free: number[] = [];

  /** Gives a task a slot. −1: all are taken. */
  add(task: Task): number {
    const slot = this.#free.length > 0 ? this.#free.pop()! : this.#tasks.length;
    if (slot >= SLOTS) return -1;
    this.#tasks[slot] = task;
    this.size++;
    return slot;
  }

  /** The task in a slot. */
  at(slot: number): Task | undefined {
    return this.#tasks[slot];
  }

  /** Takes a task out of its slot. */
  take(slot: number): Task | undefined {
    const task = this.#tasks[slot];
    if (task === undefined) return undefined;
    this.#tasks[slot] = undefined;
    this.#free.push(slot);
    this.size--;
    return task;
  }

  /** Takes all tasks out, in the order in which `run` was called. */
  takeAll(): Task[] {
    const tasks = this.#tasks.filter((task) => task !== undefined);
    this.#tasks.length = 0;
    this.#free.length = 0;
    this.size = 0;
    return tasks.sort((a, b) => a.taskId - b.taskId);
  }

  /** The only task, when there is exactly one. */
  get only(): Task | undefined {
    return this.size === 1 ? this.#tasks.find((task) => task !== undefined) : undefined;
  }
}
