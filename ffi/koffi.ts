import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from './create-require.js';
import { compiledFile, isBundled, moduleUrl } from './package-folder.js';

/** The koffi module. */
export type Koffi = typeof import('koffi');

/** The two libraries that all declarations are made on. */
export interface Libraries {
  readonly koffi: Koffi;
  /** libc, libuv and Node-API, as the node binary exports them. */
  readonly host: import('koffi').LibraryHandle;
  /** This package's own shared object. */
  readonly own: import('koffi').LibraryHandle;
}

const sharedObject = findSharedObject();

/** A bundle may have the shared object beside it. */
function findSharedObject(): string {
  const beside = new URL('wakeline.so', moduleUrl);
  return fileURLToPath(isBundled && existsSync(beside) ? beside : compiledFile('ffi/wakeline.so'));
}

function whyMissing(): string {
  const notBuilt = fileURLToPath(compiledFile('ffi/not-built.txt'));
  if (existsSync(notBuilt))
    return `the shared object was not built: ${readFileSync(notBuilt, 'utf8').trim()}`;
  const where = isBundled ? ', or put its dist/ffi/wakeline.so beside the bundle' : '';
  return `the shared object is missing; run: npm rebuild wakeline${where}`;
}

/**
 * koffi's addon without the JavaScript that koffi has around it, which finds the addon and deprecates functions that nothing
 * here calls: it and the resolution of its name take 0.7 MiB of each thread. Where the addon is not at its usual place, or
 * is for another libc, koffi itself finds the right one.
 */
function requireKoffi(): Koffi {
  const require = createRequire(moduleUrl);
  const folder = require.resolve.paths('koffi')?.find((modules) => existsSync(join(modules, 'koffi')));
  if (folder !== undefined) {
    const { platform, arch } = process;
    // The native one: the other leaves 14 KB of garbage in each thread.
    const beside = dirname(realpathSync.native(join(folder, 'koffi')));
    const addon = `@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`;
    try {
      return require(join(beside, addon));
    } catch {
      // koffi says better what is wrong.
    }
  }
  return require('koffi');
}

/**
 * Loads koffi and the shared object.
 * @returns the libraries, or in words why native code cannot be used here (koffi missing, addons forbidden, no
 * compiler at install time, another operating system)
 */
export function loadLibraries(): Libraries | string {
  if (process.platform !== 'linux') return `native code needs Linux, this is ${process.platform}`;
  if (!existsSync(sharedObject)) return whyMissing();
  try {
    const koffi = requireKoffi();
    return { koffi, host: koffi.load(null), own: koffi.load(sharedObject) };
  } catch (error) {
    return `koffi could not be loaded: ${(error as Error).message}`;
  }
}
