import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './median.js';
import { packageFolder } from './places.js';
import { runCommand } from './run-child.js';

const folder = join(packageFolder, 'dist', 'bench', 'limits');
/** A C program starts in no time, so one run of ours stands beside the median of several of its. */
const REPETITIONS = 5;

/** Compiles one of the C programs in bench/limits, if that was not done before; returns the program's path. */
export function compileLimit(name: string): string {
  const source = join(packageFolder, 'bench', 'limits', `${name}.c`);
  const program = join(folder, name);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  const compiler = process.env.CC || 'cc';
  const aside = `${program}.${process.pid}`;
  const run = spawnSync(
    compiler,
    ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-pthread', '-o', aside, source],
    {
      encoding: 'utf8',
    },
  );
  if (run.error) throw new Error(`the limits in C need a compiler: '${compiler}': ${run.error.message}`);
  if (run.status !== 0) throw new Error(`'${compiler}' could not compile ${name}.c:\n${run.stderr}`);
  renameSync(aside, program);
  return program;
}

/** A run of a C program that prints one figure: the median of a few repetitions. */
export function limit(name: string, mode: string, rounds: number): () => Promise<number> {
  const program = compileLimit(name);
  return async () => {
    const figures: number[] = [];
    for (let i = 0; i < REPETITIONS; i++)
      figures.push(Number(await runCommand(program, [mode, String(rounds)])));
    return median(figures);
  };
}
