import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../support/project.js';
import { assertThere, bootNeeds, fetchNeeds } from './needs.js';

const main = join(projectFolder, 'dist', 'test', 'emulator', 'main.js');

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-harness-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs the command as `npm run test:emulated` does. */
function run(given: readonly string[], environment: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [main, ...given], { encoding: 'utf8', env, timeout: 60_000 });
}

const refused: [readonly string[], RegExp][] = [
  [['--kernel', '5.4'], /--kernel must be one of 6\.1, 6\.12; received '5\.4'/],
  [['--model', 'pentium'], /--model must be one of sapphire_rapids, .*; received 'pentium'/],
  [['--cpus', '0'], /--cpus must be a whole number from 1 to 8; received '0'/],
  [['--limit', 'soon'], /--limit must be a whole number .*; received 'soon'/],
  [['--kernels', '6.1'], /Unknown option '--kernels'/],
  [['lib/index.ts'], /a test file is named like test\/loop\/channel\.test\.ts; received 'lib\/index\.ts'/],
  [['test/loop/no-such.test.ts'], /there is no test file 'test\/loop\/no-such\.test\.ts'/],
];

for (const [given, message] of refused) {
  test(`${given.join(' ')} is refused, naming what is allowed`, () => {
    const { status, stderr } = run(given);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
}

test('--help says how to use it', () => {
  const { status, stdout } = run(['--help']);
  expect(stdout).toMatch(/--kernel 6\.1\|6\.12/);
  expect(status).toBe(0);
});

test('on a machine without the programs, it names them and the packages to install', () => {
  const { status, stderr } = run([], { PATH: '/nonexistent' });
  expect(stderr).toMatch(
    /^test:emulated: missing: .*\bbusybox\b.*On Debian: apt-get install .*\bbusybox-static\b/,
  );
  expect(status).toBe(1);
});

test('a kernel package that cannot be had fails the run, says why, and leaves nothing half-made', (context) => {
  try {
    assertThere([...bootNeeds, ...fetchNeeds]);
  } catch (error) {
    context.skip((error as Error).message);
  }
  const folder = temporaryFolder();
  const settings = join(folder, 'apt.conf');
  // A port at which nobody listens.
  const closed = 'http://127.0.0.1:9';
  writeFileSync(
    settings,
    `Acquire::http::Proxy "${closed}";\nAcquire::https::Proxy "${closed}";\nAcquire::Retries "0";\n`,
  );
  const cache = join(folder, 'cache');
  const { status, stderr } = run(['--kernel', '6.1', '--cache', cache], { APT_CONFIG: settings });
  expect(stderr).toMatch(
    /^test:emulated: kernel-6\.1 could not be made in .*cache: apt-get failed with status 100/,
  );
  expect(status).toBe(1);
  expect(readdirSync(cache)).toEqual([]);
});
