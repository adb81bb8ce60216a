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

  /** Takes a task out, but keeps its slot until `free`. */
  vacate(slot: number): void {
    this.#tasks[slot] = undefined;
    this.size--;
  }

  /** Gives a vacated slot back. */
  free(slot: number): void {
    this.#free.push(slot);
  }

  /** All tasks, in the order in which `run` was called. */
  all(): Task[] {
    return this.#tasks.filter((task) => task !== undefined).sort((a, b) => a.taskId - b.taskId);
  }

  /** Takes all tasks out, in the order in which `run` was called. */
  takeAll(): Task[] {
    const tasks = this.all();
    this.#tasks.length = 0;
    this.#free.length = 0;
    this.size = 0;
    return tasks;
  }
}
