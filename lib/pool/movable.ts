import type {
  queueOptionsSymbol as QueueOptions,
  transferableSymbol as TransferableKey,
  valueSymbol as ValueKey,
} from 'piscina';

/** Piscina's symbol of what is to be transferred of a value. It and the next two are in the global registry. */
export const transferableSymbol: typeof TransferableKey = Symbol.for('Piscina.transferable') as never;
/** Piscina's symbol of the value that arrives. */
export const valueSymbol: typeof ValueKey = Symbol.for('Piscina.valueOf') as never;
/** Piscina's symbol of what a task tells a custom task queue. */
export const queueOptionsSymbol: typeof QueueOptions = Symbol.for('Piscina.queueOptions') as never;

/** A value that says what of it is to be transferred: what `Piscina.move` returns, or a class of the user's. */
export interface Transferable {
  readonly [transferableSymbol]: object;
  readonly [valueSymbol]: object;
}

/**
 * Whether a value was marked by `Piscina.move`. The mark is a symbol that Piscina does not export; each copy of it has
 * its own, and all have the same description.
 */
export function isMovable(value: unknown): value is Transferable {
  if (typeof value !== 'object' || value === null) return false;
  if (!(transferableSymbol in value) || !(valueSymbol in value)) return false;
  for (const symbol of Object.getOwnPropertySymbols(value))
    if (symbol.description === 'Piscina.kMovable')
      return (value as unknown as Record<symbol, unknown>)[symbol] === true;
  return false;
}
