import { pathToFileURL } from 'node:url';
import { createRequire, moduleUrl } from '../../ffi/index.js';
import { requireSafely } from './safe-start.js';

/** A function of the user's that runs tasks. */
export type Handler = (task: unknown, context?: unknown) => unknown;

const require = createRequire(moduleUrl);

const loaded = new Map<string, Handler>();
const keyOf = (filename: string, name: string): string => `${filename}\0${name}`;

/** A handler that `loadHandler` has loaded before. */
export function loadedHandler(filename: string, name: string): Handler | undefined {
  return loaded.get(keyOf(filename, name));
}

/** Finds an export in what `require` gave: `default` is what the file assigned to `module.exports`. */
function exportOf(module: unknown, name: string): unknown {
  if ((module as { __esModule?: boolean } | null)?.__esModule === true || name !== 'default') {
    return (module as Record<string, unknown> | null | undefined)?.[name];
  }
  return module;
}

/**
 * Loads a handler: by `require` first, then by `import`, as Piscina does. Node's loader of ES modules takes 0.3 MiB of a thread, which
 * `require` does without where it takes ES modules (20.19 and later). An export may be a promise of the handler, for asynchronous
 * initialisation.
 * @param words of the thread; its owner does not end it in the middle of a `require`
 * @returns undefined when there is no such function
 * @throws what loading the file as an ES module throws
 */
export async function loadHandler(
  filename: string,
  name: string,
  words: Int32Array,
): Promise<Handler | undefined> {
  let handler: unknown;
  try {
    handler = await exportOf(
      requireSafely(words, () => require(filename)),
      name,
    );
  } catch {
    // The import below fails with a better error, or loads what `require` cannot.
  }
  if (typeof handler !== 'function') {
    const module = await import(pathToFileURL(filename).href);
    handler = await (typeof module === 'function' ? module : module[name]);
  }
  if (typeof handler !== 'function') return undefined;
  loaded.set(keyOf(filename, name), handler as Handler);
  return handler as Handler;
}
