import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFolder } from '../support/project.js';
import { type CpioEntry, EntryType } from './cpio.js';
import { runCommand } from './run-command.js';

/** Parts of the project that go into the guest, as they lie in the checkout. */
const projectParts = ['package.json', 'tsconfig.json', 'README.md', 'dist', 'ffi', 'lib', 'docs', 'examples'];

/** Packages that the built project and its tests load. */
const packages = [
  ...[
    'koffi',
    '@koromix',
    'commander',
    'cli-progress',
    'cli-table3',
    '@colors',
    'string-width',
    'strip-ansi',
  ],
  ...['ansi-regex', 'emoji-regex', 'is-fullwidth-code-point', 'piscina', '@napi-rs'],
  ...['vitest/package.json', 'vitest/dist', '@vitest', 'chai', 'pathe', 'tinyrainbow', 'expect-type'],
  ...['vite/package.json', 'vite/dist/node/module-runner.js'],
];

/** Not for the guest: other systems' binaries, sources, type declarations. */
const leftOut = /\.(map|d\.ts|d\.cts|cc|hh|inc)$|\/node_modules\/.*(\.md|\/musl_x64|\/vendor|\/doc)$/;

const folder = (path: string): CpioEntry => ({ path, mode: EntryType.folder | 0o755 });

/** Entries of a guest's root file system; each folder before what is in it. */
class Tree {
  readonly entries = new Map<string, CpioEntry>();

  add(entry: CpioEntry): void {
    const parent = dirname(entry.path);
    if (parent !== '.' && !this.entries.has(parent)) this.add(folder(parent));
    this.entries.set(entry.path, entry);
  }

  addFile(path: string, content: Buffer, permissions = 0o755): void {
    this.add({ path, mode: EntryType.file | permissions, content });
  }

  /** Copies a file or a folder with all that is in it. */
  copy(from: string, path: string): void {
    if (leftOut.test(from)) return;
    const stat = lstatSync(from);
    if (stat.isSymbolicLink()) {
      this.add({ path, mode: EntryType.link | 0o777, content: Buffer.from(readlinkSync(from)) });
    } else if (stat.isDirectory()) {
      this.add(folder(path));
      for (const name of readdirSync(from)) this.copy(join(from, name), `${path}/${name}`);
    } else if (stat.isFile()) this.addFile(path, readFileSync(from), stat.mode & 0o777);
  }
}

/** Everything that the guest's first archive holds: this machine's Node and its libraries, busybox, and the project. */
export async function guestFiles(): Promise<Iterable<CpioEntry>> {
  const tree = new Tree();
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'bin', 'root']) tree.add(folder(name));
  tree.add({ path: 'dev/console', mode: EntryType.characterDevice | 0o600, device: [5, 1] });
  tree.add({ path: 'dev/ttyS0', mode: EntryType.characterDevice | 0o666, device: [4, 64] });
  await addProgram(tree, 'bin/busybox', await commandPath('busybox'));
  tree.addFile('init', readFileSync(join(projectFolder, 'test', 'emulator', 'guest', 'init.sh')));
  await addProgram(tree, 'usr/bin/node', realpathSync(process.execPath));
  tree.addFile('etc/hosts', Buffer.from('127.0.0.1 localhost\n'));
  tree.addFile('etc/passwd', Buffer.from('root:x:0:0:root:/root:/bin/sh\n'));
  for (const part of projectParts) {
    const from = join(projectFolder, part);
    if (existsSync(from)) tree.copy(from, `app/${part}`);
  }
  for (const name of packages) {
    const from = join(projectFolder, 'node_modules', name);
    if (existsSync(from)) tree.copy(from, `app/node_modules/${name}`);
  }
  await addCompiled(tree, 'app/examples/wake-word/wake-word', 'examples/wake-word/wake-word.c', [
    '-luring',
    '-lpthread',
  ]);
  await addCompiled(tree, 'app/test/fixtures/restrict', 'test/fixtures/restrict.c', []);
  return tree.entries.values();
}

/** Compiles a program of the project's: the guest has neither compiler nor libraries. */
async function addCompiled(
  tree: Tree,
  path: string,
  source: string,
  libraries: readonly string[],
): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), 'wakeline-compiled-'));
  const program = join(aside, 'program');
  try {
    await runCommand('cc', ['-O2', '-static', '-o', program, join(projectFolder, source), ...libraries]);
    tree.addFile(path, readFileSync(program));
  } finally {
    rmSync(aside, { recursive: true });
  }
}

async function commandPath(name: string): Promise<string> {
  const path = await runCommand('sh', ['-c', 'command -v "$1"', 'sh', name]);
  return realpathSync(path.trim());
}

/** Adds a program without its symbols, and the libraries that it is linked to. */
async function addProgram(tree: Tree, path: string, from: string): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), 'wakeline-program-'));
  try {
    execFileSync('strip', ['-o', join(aside, 'program'), from]);
    tree.addFile(path, readFileSync(join(aside, 'program')));
  } finally {
    rmSync(aside, { recursive: true });
  }
  // A program that is linked to nothing makes ldd fail, with a line that names no path.
  const { stdout } = spawnSync('ldd', [from], { encoding: 'utf8' });
  for (const [library] of stdout.matchAll(/(?<=\s)\/\S+/g))
    tree.addFile(library.slice(1), readFileSync(library));
}
