import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createRequire } from './create-require.js';

/** Where the compiled files lie, wherever in them this module ended up: the build joins modules into fewer files. */
const COMPILED = '/dist/';
/** One that is always there. */
const A_FILE = 'workers/pool-entry.cjs';

declare const __filename: string;

/** The file that this module ended up in. A bundler that makes CommonJS leaves `import.meta` empty. */
export const moduleUrl: string = import.meta.url ?? pathToFileURL(__filename).href;

const own = moduleUrl.slice(0, moduleUrl.lastIndexOf(COMPILED) + COMPILED.length);

/** Whether a bundler of the user's has put this module into a file of its own. */
export const isBundled = !moduleUrl.includes(COMPILED) || !existsSync(new URL(A_FILE, own));

const folder = isBundled ? installedFolder() : own;

/** The package as it is installed where the bundle is. */
function installedFolder(): string {
  try {
    return new URL('dist/', pathToFileURL(createRequire(moduleUrl).resolve('wakeline/package.json'))).href;
  } catch {
    // It is not: whoever wants a file of it says so.
    return new URL('node_modules/wakeline/dist/', moduleUrl).href;
  }
}

/**
 * A file of the compiled package.
 * @param path relative to `dist`, such as `workers/digest.js`; `../` leads to the package itself
 */
export function compiledFile(path: string): URL {
  return new URL(path, folder);
}
