/** Twice a number. */
export function double(value: number): number {
  return value * 2;
}

/** Says that it is there, and waits for ever. */
export function wait(begun: Int32Array): Promise<never> {
  Atomics.store(begun, 0, 1);
  return new Promise(() => {});
}

/** Ends its thread with an exception. */
export function crash(message: string): Promise<never> {
  setImmediate(() => {
    throw new Error(message);
  });
  return new Promise(() => {});
}
