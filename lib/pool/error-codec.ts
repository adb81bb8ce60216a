import { types } from 'node:util';

/** An Error as it travels: what structured clone keeps of one, and what it loses. */
export interface EncodedError {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack: unknown;
  /** The standard class that it is an instance of. */
  readonly base: string;
  readonly own: readonly (readonly [name: string, value: unknown, isEnumerable: boolean])[];
}

/** An error as it travels, with all that its properties lead to; the first one is the error itself. */
export type EncodedErrors = readonly EncodedError[];

const bases = [
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  Error,
];
/** In place of an error among the properties of another: its number in the list. */
const MARK = '@@wakeline.error';
/** Errors that are followed; those behind them are left out. */
const MOST_ERRORS = 256;

/** Whether a value is an Error, of this realm or another, or a DOMException. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof DOMException;
}

/** Takes an error apart. Properties that cannot be cloned are left out; an error that leads to itself does so again. */
export function encodeError(error: Error): EncodedErrors {
  const errors = [error];
  const encoded: EncodedError[] = [];
  for (let i = 0; i < errors.length; i++) encoded.push(encodeOne(errors[i], errors));
  return encoded;
}

/** @param errors all that were met so far; those that are met here are added */
function encodeOne(error: Error, errors: Error[]): EncodedError {
  const own: [string, unknown, boolean][] = [];
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === 'message' || key === 'stack') continue;
    const descriptor = Object.getOwnPropertyDescriptor(error, key)!;
    const value = encodeProperty(readProperty(error, key), errors);
    if (value !== undefined || descriptor.value === undefined)
      own.push([key, value, descriptor.enumerable === true]);
  }
  const isDomException = error instanceof DOMException;
  const base = isDomException
    ? DOMException.name
    : (bases.find((one) => error instanceof one)?.name ?? baseByName(error));
  return {
    name: asText(readProperty(error, 'name')),
    message: asText(readProperty(error, 'message')),
    stack: asText(readProperty(error, 'stack')),
    base,
    own,
  };
}

/** An Error of another realm (`vm`) is an instance of none of ours. */
function baseByName(error: Error): string {
  const name = error.constructor?.name;
  return bases.some((one) => one.name === name) ? name : 'Error';
}

function readProperty(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    // A getter that throws has nothing to say.
    return undefined;
  }
}

const asText = (value: unknown): unknown => (value === undefined ? undefined : String(value));

function encodeProperty(value: unknown, errors: Error[]): unknown {
  if (isError(value)) {
    const known = errors.indexOf(value);
    if (known >= 0) return { [MARK]: known };
    return errors.length < MOST_ERRORS ? { [MARK]: errors.push(value) - 1 } : undefined;
  }
  if (Array.isArray(value) && value.some(isError)) return value.map((one) => encodeProperty(one, errors));
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  try {
    return structuredClone(value);
  } catch {
    // Left out, as the error is worth more than this property of it.
    return undefined;
  }
}

/** Puts an error together again: an instance of its standard class, with its name, stack, cause and own properties. */
export function reviveError(payload: unknown): Error {
  const encoded = payload as EncodedErrors;
  const errors = encoded.map(makeError);
  for (const [index, { name, stack, own }] of encoded.entries()) {
    const error = errors[index];
    define(error, 'stack', stack, false);
    for (const [key, value, isEnumerable] of own)
      define(error, key, reviveProperty(value, errors), isEnumerable);
    if (error.name !== name && name !== undefined) define(error, 'name', name, false);
  }
  return errors[0];
}

function makeError({ base, name, message }: EncodedError): Error {
  if (base === DOMException.name) return new DOMException(String(message), String(name));
  if (base === AggregateError.name) return new AggregateError([], message as string);
  const Base = (bases.find((one) => one.name === base) ?? Error) as ErrorConstructor;
  return new Base(message as string);
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function reviveProperty(value: unknown, errors: readonly Error[]): unknown {
  if (Array.isArray(value)) return value.map((one) => reviveProperty(one, errors));
  if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
  return errors[(value as Record<string, number>)[MARK]];
}
