import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { expect, test } from 'vitest';
import { useDirectory } from './error-cases.js';
import { digestJson, runDigest, startDigest } from './run-digest.js';

const at = useDirectory();

test('finds a loop that goes through two links', async () => {
  fs.mkdirSync(at('a'));
  fs.mkdirSync(at('b'));
  fs.symlinkSync('../b', at('a/to-b'));
  fs.symlinkSync('../a', at('b/to-a'));
  const { code, json } = await digestJson([at('a')]);
  expect(code).toBe(1);
  expect(json.errors).toMatchObject([{ path: at('a/to-b/to-a'), code: 'ELOOP' }]);
});

test('does not read sockets and devices', async () => {
  const server = net.createServer().listen(at('socket'));
  await once(server, 'listening');
  const { code, json } = await digestJson([at('.'), '/dev/zero']);
  server.close();
  expect(code).toBe(1);
  expect(json.errors).toMatchObject([
    { path: '/dev/zero', code: 'ENOTSUP' },
    { path: at('socket'), code: 'ENOTSUP' },
  ]);
});

test('tells the number of errors in the table', async () => {
  const { code, stdout } = await runDigest([at('good'), at('missing')]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/│ +1 │ +4 │ +1 │/);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`ends at once on ${signal}`, async () => {
    fs.writeFileSync(at('endless'), '');
    fs.truncateSync(at('endless'), 2 ** 42);
    const child = startDigest([at('endless')]);
    setTimeout(() => child.kill(signal), 600);
    expect(await once(child, 'exit')).toEqual([null, signal]);
  });
}

test('says nothing when nobody reads its output', async () => {
  for (let file = 0; file < 3000; file++) fs.writeFileSync(at(`${file}`), '');
  const child = startDigest(['--json', at('.')]);
  let stderr = '';
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  child.stdout!.destroy();
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(stderr).toBe('');
});

for (const [args, message] of [
  [
    ['--threads', '0'],
    /'--threads <number>' argument '0' is invalid\. It must be a whole number from 1 to 512/,
  ],
  [
    ['--threads', 'many'],
    /'--threads <number>' argument 'many' is invalid\. It must be a whole number from 1 to 512/,
  ],
  [
    ['--idle', 'lazy'],
    /'--idle <preset>' argument 'lazy' is invalid\. Allowed choices are latency, balanced, power/,
  ],
  [['--fast'], /unknown option '--fast'/],
] as const) {
  test(`refuses ${args.join(' ')}, naming what is allowed`, async () => {
    const { code, stdout, stderr } = await runDigest([...args, at('.')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
}

test('refuses a WAKELINE_BACKEND that does not exist', async () => {
  const { code, stderr } = await runDigest([at('.')], {
    env: { WAKELINE_BACKEND: 'kqueue' },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^wakeline: .*WAKELINE_BACKEND.*'auto', 'uring', 'epoll', 'portable'.*'kqueue'\n$/);
});
