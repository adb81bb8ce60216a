import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DigestJson, runDigest } from '../../cli/run-digest.js';
import { projectFolder } from '../../support/project.js';

test('the digest of a small tree is right, on io_uring and with the CPU’s wait', async () => {
  const folder = join(projectFolder, 'lib');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const given = ['--json', '--idle', 'latency', folder];
  const { code, stdout, stderr } = await runDigest(given, { timeout: 120_000 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const json = JSON.parse(stdout) as DigestJson;
  const right = names.map((name) => {
    const path = join(folder, name);
    return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
  });
  const found = json.files.map(({ path, sha256 }) => [path, sha256]);
  expect(found.sort()).toEqual(right.sort());
  for (const { backend, waiter } of json.threads)
    expect([backend, waiter]).toEqual(['uring', expect.stringMatching(/^u?mwaitx?$/)]);
});
