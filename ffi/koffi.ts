import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compiledFile } from './package-folder.js';

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

const sharedObject = fileURLToPath(compiledFile('ffi/wakeline.so'));
const notBuilt = fileURLToPath(compiledFile('ffi/not-built.txt'));

function whyMissing(): string {
  if (existsSync(notBuilt))
    return `the shared object was not built: ${readFileSync(notBuilt, 'utf8').trim()}`;
  return `the shared object is missing; run: npm rebuild wakeline`;
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
    const koffi: Koffi = createRequire(import.meta.url)('koffi');
    return { koffi, host: koffi.load(null), own: koffi.load(sharedObject) };
  } catch (error) {
    return `koffi could not be loaded: ${(error as Error).message}`;
  }
}
