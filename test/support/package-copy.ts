import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { projectFolder } from './project.js';

/** What a copy of the package is to contain. */
export interface CopyOptions {
  /** The shared object, as built here. */
  readonly hasSharedObject: boolean;
  /** A koffi module that can be loaded. */
  readonly hasKoffi: boolean;
}

const inPackage = (...names: string[]): string => join(projectFolder, ...names);

/** An installed module without its files: it keeps Node from looking for another one in the folders above. */
function hideModule(modules: string, name: string): void {
  mkdirSync(join(modules, name));
  writeFileSync(join(modules, name, 'package.json'), JSON.stringify({ name, main: './missing.js' }));
}

/** A copy of the built package as it would be installed, in a folder of its own that is removed after the test. */
export class PackageCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'wakeline-package-'));

  constructor({ hasSharedObject, hasKoffi }: CopyOptions) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    cpSync(inPackage('package.json'), join(this.folder, 'package.json'));
    for (const name of readdirSync(inPackage('ffi')).filter((file) => /\.(mjs|c|h)$/.test(file)))
      cpSync(inPackage('ffi', name), join(this.folder, 'ffi', name));
    for (const name of ['chunks', 'lib', 'ffi', 'workers']) {
      const from = inPackage('dist', name);
      if (existsSync(from)) cpSync(from, join(this.folder, 'dist', name), { recursive: true });
    }
    if (!hasSharedObject) rmSync(this.sharedObject, { force: true });
    const modules = join(this.folder, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(inPackage('node_modules'))) {
      // koffi's addons are packages of their own.
      const isLeftOut = (name === 'koffi' || name === '@koromix') && !hasKoffi;
      if (!name.startsWith('.') && !isLeftOut)
        symlinkSync(inPackage('node_modules', name), join(modules, name));
    }
    if (!hasKoffi) hideModule(modules, 'koffi');
  }

  /** Where the build puts the shared object. */
  get sharedObject(): string {
    return join(this.folder, 'dist', 'ffi', 'wakeline.so');
  }

  #run(given: readonly string[], environment: Readonly<Record<string, string>>): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, given, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      timeout: 60_000,
    });
  }

  /** Runs its `ffi/build.mjs`, as `npm install` does. */
  build(environment: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
    return this.#run([join('ffi', 'build.mjs')], environment);
  }

  /** Attaches a loop with the copy's code, and sends a message through it. */
  attach(environment: Readonly<Record<string, string>> = {}): Attached {
    const run = this.#run(['--input-type=module', '--eval', attachAndSend], environment);
    if (run.status !== 0) throw new Error(`status ${run.status}, signal ${run.signal}: ${run.stderr}`);
    return JSON.parse(run.stdout) as Attached;
  }
}

/** What the program below printed. */
export interface Attached {
  readonly backend: string;
  readonly waiter: string;
  readonly reason: string;
  readonly received: unknown;
}

const attachAndSend = `
import { Channel, EventLoop } from 'wakeline';
const loop = EventLoop.attach();
const { backend, waiter, reason } = loop;
const channel = new Channel();
const sender = loop.sender(channel.sender);
const receiver = loop.receiver(channel.receiver);
sender.send({ sent: 1 });
const received = await receiver.receive();
await loop.close();
console.log(JSON.stringify({ backend, waiter, reason, received }));
`;
