import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFixture } from '../support/fixture.js';
import { type Restriction, runRestricted } from '../support/restricted.js';

const echoed = [1, 2.5, 'three', null, { five: [6, 7] }];

test('where io_uring works, it is used, and the reason says with what', () => {
  const result = runFixture('attach-and-echo');
  expect(result).toMatchObject({
    backend: 'uring',
    echoed,
    code: 0,
    reason: expect.stringMatching(/^io_uring works \(shared memory; /),
  });
});

const refusals: [Restriction, RegExp][] = [
  ['eperm', /forbidden here: by a seccomp filter.*\(EPERM\)/],
  ['enosys', /unknown to this kernel or sandbox \(ENOSYS\)/],
  ['memlock', /lack of memory: RLIMIT_MEMLOCK.*\(ENOMEM\)/],
];

for (const [restriction, reason] of refusals) {
  test(`where io_uring is refused (${restriction}), backend epoll carries the messages and says why`, (context) => {
    const { stdout } = runRestricted(context, restriction, 'attach-and-echo');
    expect(JSON.parse(stdout)).toMatchObject({
      backend: 'epoll',
      kernelWait: 'libuv',
      echoed,
      code: 0,
      reason: expect.stringMatching(reason),
    });
  });

  test(`where io_uring is refused (${restriction}), an option that demands it makes attach throw`, (context) => {
    const { stdout } = runRestricted(context, restriction, 'attach-and-echo', ['{"backend":"uring"}']);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'ERR_WAKELINE_UNAVAILABLE',
      message: expect.stringMatching(reason),
    });
  });
}

test('a sandbox that kills for the probe kills indeed', (context) => {
  expect(runRestricted(context, 'kill', 'attach-and-echo')).toMatchObject({ status: null, signal: 'SIGSYS' });
});

for (const backend of ['epoll', 'portable']) {
  test(`WAKELINE_BACKEND=${backend} skips the probe for which a sandbox would kill`, (context) => {
    const { stdout } = runRestricted(context, 'kill', 'attach-and-echo', [], { WAKELINE_BACKEND: backend });
    expect(JSON.parse(stdout)).toMatchObject({
      backend,
      echoed,
      code: 0,
      reason: expect.stringMatching(/^WAKELINE_BACKEND says so/),
    });
  });
}

test('an option overrides WAKELINE_BACKEND', () => {
  const result = runFixture('attach-and-echo', {
    arguments: ['{"backend":"epoll"}'],
    environment: { WAKELINE_BACKEND: 'portable' },
  });
  expect(result).toMatchObject({ backend: 'epoll' });
});

test('a WAKELINE_BACKEND that does not exist is refused by name', () => {
  expect(runFixture('attach-and-echo', { environment: { WAKELINE_BACKEND: 'kqueue' } })).toMatchObject({
    name: 'RangeError',
    message: expect.stringMatching(/'WAKELINE_BACKEND' must be one of .*'kqueue'/),
  });
});

test('a thread that may not load addons runs in backend portable', () => {
  const result = runFixture('attach-and-echo', { nodeFlags: ['--no-addons'] });
  expect(result).toMatchObject({
    backend: 'portable',
    waiter: 'none',
    echoed,
    code: 0,
    reason: expect.stringMatching(/koffi could not be loaded/),
  });
});

for (const memory of ['shared', 'mapped'] as const) {
  test(`ring memory ${memory} can be demanded`, () => {
    const result = runFixture('attach-and-echo', {
      arguments: [JSON.stringify({ memory, kernelWait: 'enter' })],
    });
    expect(result).toMatchObject({
      backend: 'uring',
      echoed,
      code: 0,
      reason: expect.stringContaining(`${memory} memory`),
    });
  });
}

test('a waiter that the CPU lacks makes attach throw when it is demanded', ({ skip }) => {
  const result = runFixture<{ code: string; waiter?: string }>('attach-and-echo', {
    arguments: ['{"waiter":"umwait"}'],
  });
  if (result.waiter === 'umwait') skip('this CPU has WAITPKG');
  expect(result).toMatchObject({
    code: 'ERR_WAKELINE_UNAVAILABLE',
    message: expect.stringMatching(/waiter 'umwait'.*CPUID/),
  });
});

for (const waiter of ['pause', 'none'] as const) {
  test(`waiter ${waiter} can be demanded`, () => {
    expect(runFixture('attach-and-echo', { arguments: [JSON.stringify({ waiter })] })).toMatchObject({
      waiter,
      echoed,
    });
  });
}

test('a channel between two copies of the package is refused, since neither could wake the other', () => {
  const copy = mkdtempSync(join(tmpdir(), 'wakeline-copy-'));
  cpSync('dist', join(copy, 'dist'), { recursive: true });
  cpSync('package.json', join(copy, 'package.json'));
  cpSync('node_modules/koffi', join(copy, 'node_modules/koffi'), { recursive: true });
  cpSync('node_modules/@koromix', join(copy, 'node_modules/@koromix'), { recursive: true });
  const result = runFixture('two-copies', { arguments: [join(copy, 'dist', 'lib', 'index.js')] });
  // A thread that has loaded both uses the first for both.
  expect(result).toEqual({ alone: 'ERR_WAKELINE_TWO_COPIES', afterOwn: 'no error' });
});
