/** Where the compiled files lie, wherever in them this module ended up: the build joins modules into fewer files. */
const COMPILED = '/dist/';

/**
 * A file of the compiled package.
 * @param path relative to `dist`, such as `workers/digest.js`; `../` leads to the package itself
 */
export function compiledFile(path: string): URL {
  const here = import.meta.url;
  return new URL(path, here.slice(0, here.lastIndexOf(COMPILED) + COMPILED.length));
}
