import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { compilerOrSkip } from '../support/compiler.js';
import { projectFolder } from '../support/project.js';

interface Trials {
  readonly nothing: number;
  readonly illegal: number;
  readonly fault: number;
  readonly meanwhile: number;
  readonly ownFaults: number;
  readonly isUnchanged: boolean;
}

let tried: Trials | undefined;

/** Compiles and runs test/fixtures/cpu-trial.c, once. */
function trials(context: TestContext): Trials {
  if (tried !== undefined) return tried;
  const compiler = compilerOrSkip(context);
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-trial-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'cpu-trial');
  const source = join(projectFolder, 'test', 'fixtures', 'cpu-trial.c');
  execFileSync(compiler, ['-std=c11', '-O2', '-Wall', '-Wextra', '-o', program, source, '-lpthread']);
  tried = JSON.parse(execFileSync(program, { encoding: 'utf8', timeout: 20_000 })) as Trials;
  return tried;
}

test('an instruction that does nothing wrong raises nothing', (context) => {
  expect(trials(context).nothing).toBe(0);
});

test('an illegal instruction and a fault are survived and named, also with the signal blocked', (context) => {
  const { SIGILL, SIGSEGV } = constants.signals;
  expect(trials(context)).toMatchObject({ illegal: SIGILL, fault: SIGSEGV });
});

test("another thread's fault during the trial goes to the handler that was there before", (context) => {
  expect(trials(context)).toMatchObject({ meanwhile: 0, ownFaults: 1 });
});

test('after the trial, handlers and blocked signals are as they were', (context) => {
  expect(trials(context).isUnchanged).toBe(true);
});
