import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contents, fillTree, sha256sumOf, temporaryDirectory } from './digest-tree.js';
import { digestJson, main, runDigest } from './run-digest.js';

let root: string;
beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

for (const backend of ['uring', 'epoll', 'portable']) {
  describe(`in backend ${backend}`, () => {
    const options = { env: { WAKELINE_BACKEND: backend } };

    test('digests every file of a tree as sha256sum does', async () => {
      fillTree(root);
      const { code, stderr, json } = await digestJson([root], options);
      expect({ code, stderr, errors: json.errors }).toEqual({
        code: 0,
        stderr: '',
        errors: [],
      });
      expect(new Map(json.files.map((file) => [file.path, file.sha256]))).toEqual(sha256sumOf(root));
    });

    test('tells the bytes of every file', async () => {
      fillTree(root);
      const { json } = await digestJson([path.join(root, 'sizes')], options);
      for (const file of json.files) expect(String(file.bytes)).toBe(path.basename(file.path));
    });

    test('names main thread, workers, backend and what woke them', async () => {
      fs.writeFileSync(path.join(root, 'file'), 'x');
      const { json } = await digestJson([root], options);
      expect(json.threads.map(({ name }) => name)).toEqual(['main', 'digest-1', 'digest-2']);
      for (const thread of json.threads) {
        expect(thread).toEqual({
          name: expect.any(String),
          backend,
          waiter: expect.stringMatching(/^(umwait|mwaitx|pause|none)$/),
          wakes: {
            awake: expect.any(Number),
            spin: expect.any(Number),
            umwait: expect.any(Number),
            kernel: expect.any(Number),
          },
          syscalls: expect.any(Number),
        });
      }
    });

    test('goes on when paths fill its channels', async () => {
      const long = path.join(
        root,
        ...Array.from({ length: 12 }, (_, depth) => String(depth).repeat(200).slice(0, 200)),
      );
      fs.mkdirSync(long, { recursive: true });
      for (let file = 0; file < 600; file++) fs.writeFileSync(path.join(long, `${file}`), `${file}`);
      const { code, json } = await digestJson([root], options);
      expect({ code, files: json.files.length }).toEqual({
        code: 0,
        files: 600,
      });
    });

    test('digests a file of /proc, whose size the kernel does not tell', async () => {
      const { json } = await digestJson(['/proc/kallsyms'], options);
      expect(json.files[0].bytes).toBe(fs.readFileSync('/proc/kallsyms').length);
    });
  });
}

test('prints exactly one object with --json', async () => {
  fs.writeFileSync(path.join(root, 'file'), contents(5));
  const { stdout, json } = await digestJson([root]);
  expect(Object.keys(json)).toEqual(['files', 'errors', 'seconds', 'threads']);
  expect(stdout.trimEnd()).toBe(JSON.stringify(json));
});

test('sorts files by path', async () => {
  fillTree(root);
  const { json } = await digestJson([path.join(root, 'sizes')]);
  const paths = json.files.map((file) => file.path);
  expect(paths).toEqual([...paths].sort());
});

test('digests the current directory without PATH', async () => {
  fs.writeFileSync(path.join(root, 'file'), 'x');
  const { json } = await digestJson([], { cwd: root });
  expect(json.files.map((file) => file.path)).toEqual(['./file']);
});

test('digests files and directories side by side', async () => {
  fs.mkdirSync(path.join(root, 'directory'));
  fs.writeFileSync(path.join(root, 'directory', 'inside'), 'x');
  fs.writeFileSync(path.join(root, 'alone'), 'y');
  const { json } = await digestJson(['alone', 'directory/'], { cwd: root });
  expect(json.files.map((file) => file.path)).toEqual(['alone', 'directory/inside']);
});

test('follows links to files and to directories', async () => {
  fs.mkdirSync(path.join(root, 'walked'));
  fs.mkdirSync(path.join(root, 'elsewhere'));
  fs.writeFileSync(path.join(root, 'elsewhere', 'file'), 'x');
  fs.symlinkSync('../elsewhere', path.join(root, 'walked', 'directory'));
  fs.symlinkSync('../elsewhere/file', path.join(root, 'walked', 'file'));
  const { code, json } = await digestJson(['walked'], { cwd: root });
  expect(code).toBe(0);
  expect(json.files.map((file) => file.path)).toEqual(['walked/directory/file', 'walked/file']);
});

test('prints tables of files, bytes, time and threads', async () => {
  fs.writeFileSync(path.join(root, 'file'), contents(12_345));
  const { code, stdout } = await runDigest([root]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/files .* bytes .* errors .* seconds/);
  expect(stdout).toMatch(/ 1 .* 12345 .* 0 .* \d+\.\d{3} /);
  expect(stdout).toMatch(/thread .* backend .* waiter .* awake .* spin .* umwait .* kernel .* system calls/);
  for (const name of ['main', 'digest-1', 'digest-2']) {
    expect(stdout).toMatch(
      new RegExp(`${name} .* (uring|epoll|portable) .* (umwait|mwaitx|pause|none) (.* \\d+ ){5}`),
    );
  }
});

test('draws no bar where stderr is no terminal', async () => {
  fs.writeFileSync(path.join(root, 'file'), 'x');
  expect((await runDigest([root])).stderr).toBe('');
});

test('draws a bar where stderr is a terminal', async (context) => {
  if (spawnSync('script', ['--version']).error !== undefined) context.skip('there is no program script');
  fs.writeFileSync(path.join(root, 'file'), contents(2_000_000));
  const command = `'${process.execPath}' '${main}' digest '${root}' >'${root}.out'`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
  });
  fs.rmSync(`${root}.out`);
  expect(stdout).toContain('[========================================] 1/1 files, 2 MB');
});
