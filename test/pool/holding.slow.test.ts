import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fixturePath } from '../support/project.js';

test('an idle pool does not hold the process, and a task does', () => {
  const program = (body: string): string => `
    import { WorkerPool } from 'wakeline';
    const pool = new WorkerPool({ filename: ${JSON.stringify(fixturePath('pool-handlers'))}, threads: 2 });
    ${body}
  `;
  const run = (body: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', program(body)], {
      encoding: 'utf8',
      timeout: 40_000,
    });
  expect(run('console.log(await pool.run(4));')).toMatchObject({ status: 0, stdout: '4\n' });
  expect(run('')).toMatchObject({ status: 0, signal: null });
  const slow = run("pool.run(100, { name: 'slowly' }).then((value) => console.log(value));");
  expect(slow).toMatchObject({ status: 0, stdout: '100\n' });
  expect(run('await pool.ready(); process.exit(3);')).toMatchObject({ status: 3, signal: null });
  expect(run('process.exit(3);')).toMatchObject({ status: 3, signal: null, stderr: '' });
});
