import { spawnSync } from 'node:child_process';
import { fixturePath } from './project.js';

/** How to start a fixture in a process of its own. */
export interface FixtureOptions {
  readonly nodeFlags?: readonly string[];
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const LIMIT_MS = 20_000;

/**
 * Runs a fixture to its end in a process of its own.
 * @returns what it printed, parsed as JSON
 */
export function runFixture<T>(name: string, options: FixtureOptions = {}): T {
  const { nodeFlags = [], arguments: given = [], environment = {} } = options;
  const run = spawnSync(process.execPath, [...nodeFlags, fixturePath(name), ...given], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: LIMIT_MS,
  });
  if (run.status !== 0) {
    throw new Error(
      `fixture ${name} ended with status ${run.status}, signal ${run.signal}:\n${run.stdout}${run.stderr}`,
    );
  }
  return JSON.parse(run.stdout) as T;
}
