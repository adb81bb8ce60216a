import { checkNumber, wrongType } from '../loop/validate.js';
import { usableCpus } from './cpu-quota.js';
import { type PiscinaOptions, toPath, type WorkerRunOptions } from './options.js';

/** Options of a `WorkerPool`: those of Piscina with other defaults, and some more. */
export interface WorkerPoolOptions extends Omit<PiscinaOptions, 'filename'> {
  /** File of the handlers: an absolute path, or a `file:` URL. `run` may name another. */
  filename?: string | URL | null;
  /** Both `minThreads` and `maxThreads`. Default: the CPUs that the process may use, by its cgroup's quota as well. */
  threads?: number;
  /**
   * How long a running task may take to stop when it is aborted or has timed out, in milliseconds; then its thread is
   * replaced. Default 1000; 0: the thread is replaced at once.
   */
  abortGraceMs?: number;
  /** The threads' entry file, where a bundler has put it: `wakeline/pool-thread` is ours. */
  entry?: string | URL;
}

/** What a `WorkerPool` itself wants to know. */
export interface ResolvedPoolOptions {
  readonly piscina: PiscinaOptions;
  readonly abortGraceMs: number;
  readonly entry: string | undefined;
}

const MOST_THREADS = 1000;
const LONGEST_MS = 2 ** 31 - 1;

function pathOf(option: string, value: unknown): string | null | undefined {
  if (value === undefined || value === null) return value;
  if (value instanceof URL) return toPath(value.href);
  if (typeof value !== 'string') throw wrongType(option, 'a path or a file: URL', value);
  return toPath(value);
}

/**
 * Checks what is a `WorkerPool`'s own, and fills its defaults in.
 * @throws {TypeError | RangeError} that name the option and the value
 */
export function resolvePoolOptions(options: WorkerPoolOptions): ResolvedPoolOptions {
  if (options === null || typeof options !== 'object') throw wrongType('options', 'an object', options);
  const { threads, abortGraceMs, entry, filename, ...piscina } = options;
  const count = checkNumber('threads', threads, 1, MOST_THREADS, usableCpus());
  const { minThreads, maxThreads } = piscina;
  return {
    piscina: {
      idleTimeout: Number.POSITIVE_INFINITY,
      stricterFIFO: true,
      ...piscina,
      filename: pathOf('filename', filename) ?? null,
      minThreads: minThreads ?? maxThreads ?? count,
      maxThreads: maxThreads ?? Math.max(count, typeof minThreads === 'number' ? minThreads : 1),
    },
    abortGraceMs: checkNumber('abortGraceMs', abortGraceMs, 0, LONGEST_MS, 1000),
    entry: pathOf('entry', entry) ?? undefined,
  };
}

/** What is wrong with the options of `run` that are a `WorkerPool`'s own; undefined: nothing. */
export function faultOfOwnOptions({ key, priority, timeoutMs }: WorkerRunOptions): Error | undefined {
  try {
    checkNumber('priority', priority, -Number.MAX_VALUE, Number.MAX_VALUE, 0);
    checkNumber('timeoutMs', timeoutMs, 0, LONGEST_MS, 0);
    if (key !== undefined && typeof key !== 'string' && typeof key !== 'number')
      throw wrongType('key', 'a string or a number', key);
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
