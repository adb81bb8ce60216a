import type { PoolThread } from './pool-thread.js';

/** The threads of a pool: those that are still starting, then those that are ready, each in the order they came. */
export class ThreadSet {
  readonly pending: PoolThread[] = [];
  readonly ready: PoolThread[] = [];

  get size(): number {
    return this.pending.length + this.ready.length;
  }

  /** All threads, the pending ones first. */
  all(): PoolThread[] {
    return [...this.pending, ...this.ready];
  }

  /** The lowest number that no thread has as its position. */
  freePosition(): number {
    const taken = new Set(this.all().map((thread) => thread.position));
    let position = 0;
    while (taken.has(position)) position++;
    return position;
  }

  /**
   * The thread that a key stands for.
   * @param positions how many positions are shared out
   */
  byKey(key: string | number, positions: number): PoolThread | undefined {
    const all = this.all();
    const hash = hashOf(key);
    return all.find((thread) => thread.position === hash % positions) ?? all[hash % all.length];
  }

  /** Adds a thread to the ready ones if it is, else to the pending ones. */
  add(thread: PoolThread): void {
    (thread.isReady ? this.ready : this.pending).push(thread);
  }

  /** A thread is up. */
  markAsReady(thread: PoolThread): void {
    if (!remove(this.pending, thread)) return;
    this.ready.push(thread);
  }

  delete(thread: PoolThread): void {
    if (!remove(this.pending, thread)) remove(this.ready, thread);
  }

  /** Tasks that the ready threads have; a thread with a task that can be aborted does not count. */
  get currentUsage(): number {
    let tasks = 0;
    for (let i = 0; i < this.ready.length; i++) {
      const thread = this.ready[i];
      if (!thread.isRunningAbortableTask) tasks += thread.usage;
    }
    return tasks;
  }
}

function remove(threads: PoolThread[], thread: PoolThread): boolean {
  const at = threads.indexOf(thread);
  if (at >= 0) threads.splice(at, 1);
  return at >= 0;
}

/**
 * Piscina's own choice: the first idle thread, else the one with the fewest tasks that has room. A task that can be
 * aborted takes an idle thread only, and shares it with none.
 * @param maximumUsage tasks that a thread may have
 */
export function leastBusy(
  threads: readonly PoolThread[],
  isAbortable: boolean,
  maximumUsage: number,
): PoolThread | null {
  let candidate: PoolThread | null = null;
  let fewest = maximumUsage;
  for (let i = 0; i < threads.length; i++) {
    const thread = threads[i];
    const { usage } = thread;
    if (usage === 0) return thread;
    if (isAbortable || usage >= fewest || thread.isRunningAbortableTask) continue;
    candidate = thread;
    fewest = usage;
  }
  return candidate;
}

/** FNV-1a, 32 bits. */
function hashOf(key: string | number): number {
  if (typeof key === 'number' && Number.isSafeInteger(key) && key >= 0) return key;
  const text = String(key);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
