import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, type TestContext, test } from 'vitest';
import { CpuFeature } from 'wakeline/ffi';
import { chooseWaiter } from 'wakeline/scheduler';
import { compilerOrSkip } from '../support/compiler.js';
import { nativeOrSkip } from '../support/native.js';
import { projectFolder } from '../support/project.js';
import { runCommandRestricted } from '../support/restricted.js';
import { openRing } from '../support/ring-driver.js';
import { standInFor } from '../support/stand-in.js';

const SKIPPED = 77;
const HEADERS = '/usr/include/liburing.h';
const script = join(projectFolder, 'dist', 'examples', 'wake-word', 'wake-word.js');
/** The emulator's guests have no compiler: there it lies beside its source, compiled. */
const compiled = join(projectFolder, 'examples', 'wake-word', 'wake-word');
const folder = mkdtempSync(join(tmpdir(), 'wakeline-wake-word-'));
const program = join(folder, 'wake-word');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles the example in C as its first lines say; without liburing, the test is skipped. */
function buildProgram(context: TestContext): string {
  if (existsSync(compiled)) return compiled;
  const compiler = compilerOrSkip(context);
  if (!existsSync(HEADERS)) context.skip('no liburing (Debian: liburing-dev)');
  if (existsSync(program)) return program;
  const source = join(projectFolder, 'examples', 'wake-word', 'wake-word.c');
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program];
  const run = spawnSync(compiler, [...flags, source, '-luring', '-lpthread'], { encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return program;
}

const commands: Record<string, (context: TestContext) => string[]> = {
  TypeScript: () => [process.execPath, script],
  C: (context) => [buildProgram(context)],
};

function run([file, ...given]: string[], environment: Record<string, string> = {}): SpawnSyncReturns<string> {
  const env = { ...process.env, ...environment };
  return spawnSync(file, given, { encoding: 'utf8', env, timeout: 20_000 });
}

/** What both print when everything is right. */
function verified(waiter: string): RegExp {
  return new RegExp(
    `^cq\\.tail at \\d+, wake word at \\d+, waiter ${waiter}\\n` +
      "ok: woken by another thread's store, 42\\n" +
      "ok: woken by the kernel's completion, -62\\n" +
      'ok: woken by the deadline, 42\\n$',
  );
}

for (const [language, command] of Object.entries(commands)) {
  test(`the example in ${language} shows and verifies what ends each wait, by the CPU's best waiter`, (context) => {
    const { native } = openRing(context);
    const { name } = chooseWaiter(native.cpu.features);
    // The one in C knows two waiters.
    const waiter = language === 'C' && name !== 'umwait' ? 'pause' : name;
    const result = run(command(context));
    expect(result).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(verified(waiter)) });
  });

  test(`the example in ${language} takes the waiter that it is told`, (context) => {
    openRing(context);
    const result = run([...command(context), 'pause']);
    expect(result).toMatchObject({ status: 0, stdout: expect.stringMatching(verified('pause')) });
  });

  test(`the example in ${language} exits with 77 where the CPU lacks the waiter`, (context) => {
    if (nativeOrSkip(context).cpu.features & CpuFeature.umwait) context.skip('this CPU has WAITPKG');
    const result = run([...command(context), 'umwait']);
    expect(result).toMatchObject({ status: SKIPPED, stdout: expect.stringMatching(/skipped: no umwait: /) });
  });

  test(`the example in ${language} exits with 77 where io_uring is refused`, (context) => {
    const result = runCommandRestricted(context, 'eperm', command(context));
    expect(result).toMatchObject({
      status: SKIPPED,
      stdout: expect.stringMatching(/no io_uring: .*(EPERM|not permitted)/),
    });
  });
}

test('the example in TypeScript waits with UMWAIT on a CPU that is stood in for', (context) => {
  openRing(context);
  const { environment } = standInFor(context, { cpu: '+waitpkg', executes: true, limitTicks: 100_000 });
  const result = run([process.execPath, script], environment);
  expect(result).toMatchObject({ status: 0, stdout: expect.stringMatching(verified('umwait')) });
});
