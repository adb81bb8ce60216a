import { renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Piscina } from 'piscina';
import { projectFolder } from '../../support/project.js';
import { WorkerFiles } from './worker-files.js';

/** The class that both packages export. */
export type PoolClass = typeof Piscina;
/** A pool of either package. */
export type Pool = Piscina;
/** What the constructors of both take. */
export type PoolOptions = NonNullable<ConstructorParameters<PoolClass>[0]>;

/** A value that a user passes although the types forbid it. */
// biome-ignore lint/suspicious/noExplicitAny: what is wrong here is the point
export type Wrong = any;

/** One of the two packages that are compared, as a scenario sees it. */
export interface Subject {
  /** What a user imports. */
  readonly module: 'piscina' | 'wakeline/piscina';
  readonly Piscina: PoolClass;
  /** Makes a pool that is destroyed when the scenario is over; its file is tasks.ts where none is named. */
  pool(options?: PoolOptions): Pool;
  /** A folder for files of the scenario's own; it is removed afterwards. */
  readonly files: WorkerFiles;
}

/** Does the same with either package, and returns what could be seen. */
export type Scenario = (subject: Subject) => unknown;

/**
 * tasks.ts as CommonJS. Node 20 aborts the process when a thread is terminated while it requires an ES module, which the
 * real Piscina does with threads that start while a scenario ends (decision 009).
 */
function buildTasks(): string {
  const folder = join(projectFolder, 'dist', 'test', 'pool', 'compat');
  const [path, made] = [join(folder, 'tasks.cjs'), join(folder, `tasks-${process.pid}.cjs`)];
  buildSync({
    entryPoints: [join(folder, 'tasks.js')],
    outfile: made,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
  });
  // At once, as other test files do the same meanwhile.
  renameSync(made, path);
  return path;
}

/** The file of most pools. */
export const tasksFile = buildTasks();

const LIMIT_MS = 20_000;

/** A package, loaded as a user would load it. */
export async function loadSubject(module: Subject['module']): Promise<PoolClass> {
  const loaded = (await import(module)) as { Piscina: PoolClass };
  return loaded.Piscina;
}

/** The same through `require`. */
export function requireSubject(module: Subject['module']): PoolClass {
  return createRequire(import.meta.url)(module) as PoolClass;
}

/** Runs a scenario on one package, and takes its pools away afterwards. */
export async function play(scenario: Scenario, module: Subject['module']): Promise<unknown> {
  const Piscina = await loadSubject(module);
  const pools: Pool[] = [];
  const pool = (options: PoolOptions = {}): Pool => {
    const made = new Piscina({ filename: tasksFile, ...options });
    pools.push(made);
    return made;
  };
  const files = new WorkerFiles();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${module}: the scenario did not end in ${LIMIT_MS} ms`)),
      LIMIT_MS,
    );
  });
  try {
    return await Promise.race([scenario({ module, Piscina, pool, files }), limit]);
  } finally {
    clearTimeout(timer);
    // What a pool still has to say is said to the scenario, which is over.
    for (const made of pools) made.removeAllListeners().on('error', () => {});
    await Promise.all(pools.map((made) => made.destroy()));
    files.remove();
  }
}
