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
/** Marks an encoded error among the properties of another: its cause, the errors of an AggregateError. */
const MARK = '@@wakeline.error';
/** Causes of causes that are followed; a longer chain, or a circle, is cut. */
const LONGEST_CHAIN = 16;

/** Whether a value is an Error, of this realm or another, or a DOMException. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof DOMException;
}

/** Takes an error apart. Properties that cannot be cloned are left out. */
export function encodeError(error: Error, depth = 0): EncodedError {
  const own: [string, unknown, boolean][] = [];
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === 'message' || key === 'stack') continue;
    const descriptor = Object.getOwnPropertyDescriptor(error, key)!;
    const value = encodeProperty(readProperty(error, key), depth + 1);
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

function encodeProperty(value: unknown, depth: number): unknown {
  if (depth > LONGEST_CHAIN) return undefined;
  if (isError(value)) return { [MARK]: encodeError(value, depth) };
  if (Array.isArray(value) && value.some(isError)) return value.map((one) => encodeProperty(one, depth));
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

/** Puts an error together again: an instance of its standard class, with its name, stack, cause and own properties. */
export function reviveError(payload: unknown): Error {
  const { name, message, stack, base, own } = payload as EncodedError;
  if (base === DOMException.name) return reviveDomException(payload as EncodedError);
  const Base = (bases.find((one) => one.name === base) ?? Error) as ErrorConstructor;
  const isAggregate = base === AggregateError.name;
  const error: Error = isAggregate ? new AggregateError([], message as string) : new Base(message as string);
  define(error, 'stack', stack, false);
  for (const [key, value, isEnumerable] of own) define(error, key, reviveProperty(value), isEnumerable);
  if (error.name !== name && name !== undefined) define(error, 'name', name, false);
  return error;
}

function reviveDomException({ name, message, stack, own }: EncodedError): Error {
  const error: Error = new DOMException(String(message), String(name));
  define(error, 'stack', stack, false);
  for (const [key, value, isEnumerable] of own) define(error, key, reviveProperty(value), isEnumerable);
  return error;
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function reviveProperty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reviveProperty);
  if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
  return reviveError((value as Record<string, unknown>)[MARK]);
}
