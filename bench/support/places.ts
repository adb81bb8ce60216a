import { fileURLToPath } from 'node:url';

/** The package's folder, seen from dist/bench/support. */
export const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** A compiled entry file of a benchmark's process or thread, in dist/bench/threads. */
export function entryFile(name: string): URL {
  return new URL(`../threads/${name}.js`, import.meta.url);
}
