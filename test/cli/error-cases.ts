import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from './digest-tree.js';
import { digestJson, runDigest } from './run-digest.js';

/** Root reads what nobody may: the command then runs as another user. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Makes a path that cannot be digested, and names the error. */
const cases: [what: string, code: string, make: (bad: string) => void][] = [
  ['an unreadable file', 'EACCES', (bad) => fs.writeFileSync(bad, 'x', { mode: 0 })],
  ['an unreadable directory', 'EACCES', (bad) => fs.mkdirSync(bad, { mode: 0 })],
  ['a link that leads nowhere', 'ENOENT', (bad) => fs.symlinkSync('nowhere', bad)],
  ['a link that leads to itself', 'ELOOP', (bad) => fs.symlinkSync(bad, bad)],
  ['a link back to its own directory', 'ELOOP', (bad) => fs.symlinkSync('.', bad)],
  ['a FIFO', 'ENOTSUP', (bad) => void execFileSync('mkfifo', [bad])],
];

/** A directory with one good file, for each test; returns paths below it. */
export function useDirectory(): (name: string) => string {
  let root: string;
  beforeEach(() => {
    root = temporaryDirectory();
    fs.writeFileSync(path.join(root, 'good'), 'good');
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true });
  });
  return (name) => path.join(root, name);
}

/** What every backend does about files that cannot be digested. */
export function testBadFiles(backend: string): void {
  describe(`in backend ${backend}`, () => {
    const at = useDirectory();
    const options = { env: { WAKELINE_BACKEND: backend }, ...unprivileged };

    for (const [what, code, make] of cases) {
      test(`reports ${what} as ${code}, and does the rest`, async () => {
        make(at('bad'));
        const outcome = await digestJson([at('.')], options);
        expect(outcome.code).toBe(1);
        expect(outcome.stderr).toMatch(new RegExp(`^wakeline: ${code}: .*'${at('bad')}'\n$`));
        const message = outcome.stderr.slice('wakeline: '.length, -1);
        expect(outcome.json.errors).toEqual([{ path: at('bad'), code, message }]);
        expect(outcome.json.files.map((file) => file.path)).toEqual([at('good')]);
      });
    }

    test('reports a missing PATH as ENOENT, and does the rest', async () => {
      const outcome = await digestJson([at('missing'), at('good')], options);
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toMatch(/^wakeline: ENOENT: no such file or directory, .*missing'\n$/);
      expect(outcome.json.errors).toMatchObject([{ path: at('missing'), code: 'ENOENT' }]);
      expect(outcome.json.files.map((file) => file.path)).toEqual([at('good')]);
    });

    test('reports a file that cannot be read to its end', async () => {
      const outcome = await digestJson(['/proc/self/mem', at('good')], {
        env: options.env,
      });
      expect(outcome.code).toBe(1);
      expect(outcome.json.errors).toMatchObject([{ path: '/proc/self/mem', code: 'EIO' }]);
      expect(outcome.json.files.map((file) => file.path)).toEqual([at('good')]);
    });
  });
}

/** The same, with all of them in one run. */
export function testBadFilesTogether(backend: string): void {
  const at = useDirectory();

  test(`in backend ${backend} reports each file that cannot be digested, and does the rest`, async () => {
    cases.forEach(([, , make], index) => {
      make(at(`bad ${index}`));
    });
    const expected = [...cases.map(([, code], index) => `${code}: ${at(`bad ${index}`)}`)];
    expected.push(`ENOENT: ${at('missing')}`);
    const options = { env: { WAKELINE_BACKEND: backend }, ...unprivileged };
    const { code, stderr, json } = await digestJson([at('.'), at('missing')], options);
    expect(code).toBe(1);
    expect(json.errors.map((error) => `${error.code}: ${error.path}`).sort()).toEqual(expected.sort());
    const reported = json.errors.map(({ message }) => `wakeline: ${message}\n`);
    expect(stderr.match(/.+\n/g)?.sort()).toEqual(reported.sort());
    expect(json.files.map((file) => file.path)).toEqual([at('good')]);
  });
}

/** What every backend does about threads that die. */
export function testDeaths(backend: string): void {
  describe(`in backend ${backend}`, () => {
    const at = useDirectory();
    const options = { env: { WAKELINE_BACKEND: backend } };

    for (const [how, statement, message] of [
      ['throws', 'throw new Error("out of luck")', 'out of luck'],
      ['exits with a status', 'process.exit(3)', 'exit code 3'],
      ['exits as if all were done', 'process.exit(0)', 'it ended too early'],
    ]) {
      test(`fails when a thread ${how}`, async () => {
        const preload = at('preload.cjs');
        fs.writeFileSync(preload, `if (!require('node:worker_threads').isMainThread) ${statement};`);
        const env = { ...options.env, NODE_OPTIONS: `--require=${preload}` };
        const { code, stdout, stderr } = await runDigest(['--json', at('.')], {
          env,
        });
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(new RegExp(`^wakeline: thread 'digest-[12]' died: ${message}\n$`));
      });
    }
  });
}
