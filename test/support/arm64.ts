import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { PackageCopy } from './package-copy.js';
import { projectFolder } from './project.js';

const COMPILER = 'aarch64-linux-gnu-gcc';
const EMULATORS = ['qemu-aarch64', 'qemu-aarch64-static'];
/** Where Debian keeps arm64's C library on other machines. */
const LIBRARIES = '/usr/aarch64-linux-gnu';

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** The package's shared object and a test program, built for arm64, and how to run the program on it. */
export interface Arm64 {
  /** The shared object, as `ffi/build.mjs` made it with the cross compiler. */
  readonly sharedObject: string;
  /** Runs test/fixtures/arm64-wait.c with these variables set; returns what it printed, parsed as JSON. */
  readonly run: <T>(environment: Readonly<Record<string, string>>) => T;
}

/** Builds both; where Debian's cross compiler or QEMU's user emulation is missing, the test is skipped. */
export function arm64OrSkip(context: TestContext): Arm64 {
  const emulator = EMULATORS.find(isThere);
  if (!isThere(COMPILER))
    context.skip(`no ${COMPILER} (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)`);
  if (emulator === undefined) context.skip('no qemu-aarch64 (Debian: qemu-user-static)');
  const copy = new PackageCopy({ hasSharedObject: false, hasKoffi: false });
  const built = copy.build({ CC: COMPILER });
  if (built.status !== 0 || built.stderr !== '') throw new Error(`the cross build failed: ${built.stderr}`);
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-arm64-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'arm64-wait');
  const source = join(projectFolder, 'test', 'fixtures', 'arm64-wait.c');
  // -rdynamic: the program's own wl_hwcap() takes precedence over the shared object's weak one.
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-rdynamic'];
  execFileSync(COMPILER, [...flags, '-o', program, source, '-ldl', '-lpthread']);
  return {
    sharedObject: copy.sharedObject,
    run: (environment) => {
      const text = execFileSync(emulator!, ['-L', LIBRARIES, program, copy.sharedObject], {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
        timeout: 60_000,
      });
      return JSON.parse(text);
    },
  };
}

/** The names of the instructions of one function, as the cross disassembler prints them. */
export function instructionsOf(sharedObject: string, name: string): string[] {
  const text = execFileSync('aarch64-linux-gnu-objdump', ['-d', `--disassemble=${name}`, sharedObject], {
    encoding: 'utf8',
  });
  return [...text.matchAll(/^ +[0-9a-f]+:\t[0-9a-f ]+\t(\S+)/gm)].map(([, instruction]) => instruction);
}
