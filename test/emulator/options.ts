import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFolder } from '../support/project.js';
import { HarnessError } from './harness-error.js';
import { type KernelName, kernels } from './kernels.js';
import { type ModelName, models } from './machine.js';

/** What was asked for. */
export interface HarnessOptions {
  /** Undefined: all of them. */
  readonly kernel: KernelName | undefined;
  readonly model: ModelName;
  /** Undefined: 1 and 2. */
  readonly cpus: number | undefined;
  /** The full quick suite too. */
  readonly all: boolean;
  readonly cache: string | undefined;
  /** CPU time that a boot may use. */
  readonly limitS: number;
  /** How many machines run at once. */
  readonly jobs: number | undefined;
  readonly files: readonly string[];
}

/** Printed by --help. */
export const usage = `npm run test:emulated -- [OPTIONS] [FILE…]

Runs test files (test/….test.ts) on emulated CPUs with UMWAIT or MWAITX, under Debian's kernels.
Without files: the list in test/emulator/guest-tests.ts.

  --kernel ${Object.keys(kernels).join('|')}    only this kernel; default: both
  --model NAME         ${Object.keys(models).join(', ')}; default: sapphire_rapids
  --cpus N             only with so many CPUs, 1 to 8; default: 1 and 2
  --all                the full quick suite too
  --cache FOLDER       where the emulator and the kernels are kept; default: $WAKELINE_EMULATOR_CACHE,
                       or wakeline-emulator in the user's cache folder
  --limit SECONDS      the CPU time that one boot may use, and in real time ten times as much;
                       default: 900, with --all 7200
  --jobs N             machines at a time; default: one a CPU. With --all, those of a kernel share its files`;

function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined || (allowed as readonly string[]).includes(value)) return value as T | undefined;
  throw new HarnessError(`--${option} must be one of ${allowed.join(', ')}; received '${value}'`);
}

function wholeNumber(option: string, value: string | undefined, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new HarnessError(`--${option} must be a whole number from 1 to ${max}; received '${value}'`);
}

function assertTestFile(file: string): void {
  if (!/^test\/[\w/.-]+\.test\.ts$/.test(file))
    throw new HarnessError(`a test file is named like test/loop/channel.test.ts; received '${file}'`);
  const built = join(projectFolder, 'dist', file.replace(/\.ts$/, '.js'));
  if (!existsSync(built)) throw new HarnessError(`there is no test file '${file}'`);
}

const known = {
  kernel: { type: 'string' },
  model: { type: 'string' },
  cpus: { type: 'string' },
  all: { type: 'boolean' },
  cache: { type: 'string' },
  limit: { type: 'string' },
  jobs: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws {HarnessError} that names the option, what was given and what is allowed
 */
export function readOptions(given: string[]): HarnessOptions | undefined {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof known; allowPositionals: true; args: string[] }>>;
  try {
    parsed = parseArgs({ args: given, options: known, allowPositionals: true });
  } catch (error) {
    throw new HarnessError(`${(error as Error).message}\n\n${usage}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  for (const file of positionals) assertTestFile(file);
  const all = values.all ?? false;
  return {
    kernel: oneOf('kernel', values.kernel, Object.keys(kernels) as KernelName[]),
    model: oneOf('model', values.model, Object.keys(models) as ModelName[]) ?? 'sapphire_rapids',
    cpus: wholeNumber('cpus', values.cpus, 8),
    all,
    cache: values.cache,
    limitS: wholeNumber('limit', values.limit, 86_400) ?? (all ? 7200 : 900),
    jobs: wholeNumber('jobs', values.jobs, 64),
    files: positionals,
  };
}
