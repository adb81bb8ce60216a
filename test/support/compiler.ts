import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

/** The C compiler to use; where there is none, the test is skipped and the reason printed. */
export function compilerOrSkip(context: TestContext): string {
  const compiler = process.env.CC || 'cc';
  if (spawnSync(compiler, ['--version']).status !== 0) context.skip(`no C compiler '${compiler}'`);
  return compiler;
}
