/** The errors of Piscina, by the words in which it says them: programs compare them. */
export const PoolErrors = {
  threadTermination: (): Error => new Error('Terminating worker thread'),
  filenameNotProvided: (): Error => new Error('filename must be provided to run() or in options object'),
  taskQueueAtLimit: (): Error => new Error('Task queue is at limit'),
  noTaskQueueAvailable: (): Error => new Error('No task queue available and all Workers are busy'),
  closeTimeout: (): Error => new Error('Close operation timed out'),
  exited: (code: number): Error => new Error(`worker exited with code: ${code}`),
} as const;

/** A task was not over within its `timeoutMs`. */
export class TaskTimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ERR_WAKELINE_TASK_TIMEOUT';

  constructor(timeoutMs: number) {
    super(`The task has not ended within ${timeoutMs} ms`);
  }
}

/** A task's signal was aborted, or its pool closes; the signal's reason is the `cause`. */
export class AbortError extends Error {
  constructor(reason?: unknown) {
    super('The task has been aborted', { cause: reason });
  }

  override get name(): string {
    return 'AbortError';
  }
}
