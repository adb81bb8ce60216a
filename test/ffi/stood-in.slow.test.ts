import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../support/project.js';
import { standInFor } from '../support/stand-in.js';

const files = ['test/ffi/cpu-wait.test.ts', 'test/scheduler/waiter.test.ts'];

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

test('the tests of the CPU waits that are skipped without WAITPKG pass where the CPU is stood in for', (context) => {
  const standIn = { cpu: '+waitpkg', executes: true, limitTicks: 100_000, spuriousEvery: 5 };
  const { environment } = standInFor(context, standIn);
  const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs');
  const given = ['run', '--config', 'test/vitest.config.ts', '--project', 'quick', '--reporter', 'json'];
  const run = spawnSync(process.execPath, [vitest, ...given, ...files], {
    cwd: projectFolder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 200_000,
  });
  const report = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as Report;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const ofUmwait = tests.filter(({ title }) => title.startsWith('umwait '));
  expect(ofUmwait.length).toBeGreaterThan(15);
  expect(ofUmwait.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(run.status).toBe(0);
});
