import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { compilerOrSkip } from './compiler.js';
import { fixturePath, projectFolder } from './project.js';

/** Surroundings in which io_uring, or pidfd_open, is refused for real; see test/fixtures/restrict.c. */
export type Restriction = 'eperm' | 'enosys' | 'kill' | 'pidfd' | 'memlock';

/** The emulator's guests have no compiler: there it lies beside its source, compiled. */
const compiled = join(projectFolder, 'test', 'fixtures', 'restrict');
let launcher = existsSync(compiled) ? compiled : undefined;

function buildLauncher(context: TestContext): string {
  if (launcher !== undefined) return launcher;
  const compiler = compilerOrSkip(context);
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-restrict-'));
  chmodSync(folder, 0o755);
  launcher = join(folder, 'restrict');
  const source = join(projectFolder, 'test', 'fixtures', 'restrict.c');
  execFileSync(compiler, ['-O2', '-o', launcher, source]);
  return launcher;
}

/** What a restricted fixture did. */
export interface RestrictedRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a fixture in restricted surroundings. */
export function runRestricted(
  context: TestContext,
  restriction: Restriction,
  fixture: string,
  given: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): RestrictedRun {
  const command = [process.execPath, fixturePath(fixture), ...given];
  return runCommandRestricted(context, restriction, command, environment);
}

/** Runs any program in restricted surroundings. */
export function runCommandRestricted(
  context: TestContext,
  restriction: Restriction,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RestrictedRun {
  const { status, signal, stdout, stderr } = spawnSync(buildLauncher(context), [restriction, ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 20_000,
  });
  return { status, signal, stdout, stderr };
}
