import { createHash } from 'node:crypto';
import { threadId } from 'node:worker_threads';

/** Returns its task. */
export default function echo(task: unknown): unknown {
  return task;
}

/** Digests what it is given. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Makes bytes. */
export function make(length: number): Uint8Array {
  return new Uint8Array(length).fill(length & 255);
}

/** Which thread it is. */
export function where(): number {
  return threadId;
}

/** An error of a class of its own. */
export class OrderError extends RangeError {
  override readonly name = 'OrderError';
  readonly code = 'ERR_ORDER';
  readonly order: { readonly id: number; readonly items: readonly string[] };

  constructor(message: string, id: number, cause: unknown) {
    super(message, { cause });
    this.order = { id, items: ['a', 'b'] };
  }
}

/** Throws an error with a cause that has a cause, and fields. */
export function failWithFields(id: number): never {
  const first = Object.assign(new TypeError('the first cause'), { code: 'ERR_FIRST', at: new Date(5) });
  throw new OrderError('an order failed', id, new Error('the second cause', { cause: first }));
}

/** Throws several errors as one. */
export function failWithSeveral(): never {
  throw new AggregateError([new RangeError('one'), new TypeError('two')], 'several');
}

/** Throws the error of a system call. */
export async function failToOpen(path: string): Promise<never> {
  const { open } = await import('node:fs/promises');
  await open(path);
  throw new Error('it could be opened');
}

/** Throws an error that leads to itself. */
export function failInACircle(): never {
  const error = new Error('in a circle') as Error & { self?: unknown };
  error.self = error;
  error.cause = error;
  throw error;
}

/** Throws an error with a field that no thread can send. */
export function failWithFunction(): never {
  throw Object.assign(new Error('with a function'), { report: () => 1, code: 'ERR_KEPT' });
}

/** Throws an error without a stack. */
export function failWithoutStack(): never {
  const error = new Error('without a stack');
  delete error.stack;
  throw error;
}

/** Throws what is no error. */
export function failWith(value: unknown): never {
  throw value;
}
