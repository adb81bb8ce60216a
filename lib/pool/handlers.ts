import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A function of the user's that runs tasks. */
export type Handler = (task: unknown, context?: unknown) => unknown;

const require = createRequire(import.meta.url);

/** Finds an export in what `require` gave: `default` is what the file assigned to `module.exports`. */
function exportOf(module: unknown, name: string): unknown {
  if ((module as { __esModule?: boolean } | null)?.__esModule === true || name !== 'default') {
    return (module as Record<string, unknown> | null | undefined)?.[name];
  }
  return module;
}

/**
 * Loads a handler: CommonJS first, then as an ES module, as Piscina does. An export may be a promise of the handler,
 * for asynchronous initialisation.
 * @returns undefined when there is no such function
 * @throws what loading the file as an ES module throws
 */
export async function loadHandler(filename: string, name: string): Promise<Handler | undefined> {
  let handler: unknown;
  try {
    const module: unknown = require(filename);
    handler = await exportOf(module, name);
  } catch {
    // The import below fails with a better error, or loads what `require` cannot.
  }
  if (typeof handler !== 'function') {
    const module = await import(pathToFileURL(filename).href);
    handler = await (typeof module === 'function' ? module : module[name]);
  }
  return typeof handler === 'function' ? (handler as Handler) : undefined;
}
