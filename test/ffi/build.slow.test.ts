import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compilerOrSkip } from '../support/compiler.js';
import { nativeOrSkip } from '../support/native.js';
import { PackageCopy } from '../support/package-copy.js';

const withoutObject = { hasSharedObject: false, hasKoffi: true };
const noCompiler = { CC: '/nonexistent/cc' };

test('the shared object builds in a folder that has nothing of it, and a loop runs with it', (context) => {
  compilerOrSkip(context);
  nativeOrSkip(context);
  const copy = new PackageCopy(withoutObject);
  rmSync(join(copy.folder, 'dist', 'ffi', 'not-built.txt'), { force: true });
  const run = copy.build();
  expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(existsSync(copy.sharedObject)).toBe(true);
  const attached = copy.attach();
  expect(['uring', 'epoll']).toContain(attached.backend);
  expect(attached.received).toEqual({ sent: 1 });
});

test('the build leaves nothing but the shared object', (context) => {
  compilerOrSkip(context);
  const copy = new PackageCopy(withoutObject);
  rmSync(join(copy.folder, 'dist'), { recursive: true });
  copy.build();
  expect(readdirSync(join(copy.folder, 'dist', 'ffi'))).toEqual(['wakeline.so']);
});

test('without a compiler the build says so, says what to do, and succeeds', () => {
  const run = new PackageCopy(withoutObject).build(noCompiler);
  expect(run.status).toBe(0);
  expect(run.stderr).toMatch(/no C compiler: '\/nonexistent\/cc' could not be started/);
  expect(run.stderr).toMatch(/backend 'portable'/);
  expect(run.stderr).toMatch(/npm rebuild wakeline/);
});

test('with WAKELINE_REQUIRE_NATIVE=1 a build without a compiler fails', () => {
  const run = new PackageCopy(withoutObject).build({ ...noCompiler, WAKELINE_REQUIRE_NATIVE: '1' });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/no C compiler/);
});

test('a package that was built without a compiler runs in backend portable, and says why', () => {
  const copy = new PackageCopy(withoutObject);
  copy.build(noCompiler);
  const attached = copy.attach({ WAKELINE_BACKEND: '' });
  expect(attached).toMatchObject({ backend: 'portable', waiter: 'none', received: { sent: 1 } });
  expect(attached.reason).toMatch(/the shared object was not built: no C compiler/);
});

test('a compiler that fails is reported with what it printed', (context) => {
  compilerOrSkip(context);
  const run = new PackageCopy(withoutObject).build({ CC: 'false' });
  expect(run.status).toBe(0);
  expect(run.stderr).toMatch(/'false' failed with status 1/);
});

test('a failed build leaves an older shared object alone', (context) => {
  nativeOrSkip(context);
  const copy = new PackageCopy({ hasSharedObject: true, hasKoffi: true });
  copy.build(noCompiler);
  expect(['uring', 'epoll']).toContain(copy.attach().backend);
});

test('a package without its shared object runs in backend portable, and says what to run', () => {
  const attached = new PackageCopy(withoutObject).attach();
  expect(attached).toMatchObject({ backend: 'portable', received: { sent: 1 } });
  expect(attached.reason).toMatch(/npm rebuild wakeline/);
});

test('a package without koffi runs in backend portable, and says why', (context) => {
  nativeOrSkip(context);
  const attached = new PackageCopy({ hasSharedObject: true, hasKoffi: false }).attach();
  expect(attached).toMatchObject({ backend: 'portable', received: { sent: 1 } });
  expect(attached.reason).toMatch(/koffi could not be loaded: Cannot find module/);
});
