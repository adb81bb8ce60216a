import { inspect } from 'node:util';

function describe(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A value of the wrong type. Shaped like Node's ERR_INVALID_ARG_TYPE. */
export function wrongType(option: string, allowed: string, value: unknown): TypeError {
  const error = new TypeError(`option '${option}' must be ${allowed}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** A value out of range. Shaped like Node's ERR_OUT_OF_RANGE. */
export function outOfRange(option: string, allowed: string, value: unknown): RangeError {
  const error = new RangeError(`option '${option}' must be ${allowed}; received ${describe(value)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

/** Checks that a value is an object of options, and has no option that does not exist. */
export function checkObject(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw wrongType(name, 'an object', value);
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    throw Object.assign(new TypeError(`unknown option '${key}'; known are ${known.join(', ')}`), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  }
  return value as Record<string, unknown>;
}

/** Checks that a value is one of a few strings. */
export function checkOneOf<T extends string>(
  option: string,
  value: unknown,
  allowed: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  const list = allowed.map((name) => `'${name}'`).join(', ');
  if (typeof value !== 'string') throw wrongType(option, `one of ${list}`, value);
  if (!(allowed as readonly string[]).includes(value)) throw outOfRange(option, `one of ${list}`, value);
  return value as T;
}

/** Checks that a value is a finite number within bounds. */
export function checkNumber(
  option: string,
  value: unknown,
  min: number,
  max: number,
  fallback: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number') throw wrongType(option, 'a number', value);
  if (!(value >= min && value <= max)) throw outOfRange(option, `from ${min} to ${max}`, value);
  return value;
}

/** Checks that a value is a power of two within bounds. */
export function checkPowerOfTwo(
  option: string,
  value: unknown,
  min: number,
  max: number,
  fallback: number,
): number {
  const number = checkNumber(option, value, min, max, fallback);
  if (!Number.isInteger(Math.log2(number)))
    throw outOfRange(option, `a power of two from ${min} to ${max}`, value);
  return number;
}

/** Checks that a value is a boolean. */
export function checkBoolean(option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw wrongType(option, 'a boolean', value);
  return value;
}

/** Checks that a value is a function. */
export function checkFunction<T>(option: string, value: T | undefined): T | undefined {
  if (value !== undefined && typeof value !== 'function') throw wrongType(option, 'a function', value);
  return value;
}
