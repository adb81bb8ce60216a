// One process: walks a folder, and has Piscina's workers digest every file in it.
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { combineDigests } from '../support/combine-digests.js';
import { entryFile } from '../support/places.js';
import type { DigestPlan, DigestResult } from './digest-plan.js';
import { readPlan, reportResult } from './report-result.js';

/** Tasks under way for each thread: enough to keep it busy while others wait for their files. */
const TASKS_PER_THREAD = 16;

const plan = readPlan<DigestPlan>();

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** Digests every file; returns the digests by path. */
async function digestAll(pool: Piscina): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  const running = new Set<Promise<void>>();
  for await (const path of walk(plan.folder)) {
    const task: Promise<void> = pool.run(path).then((digest: string) => {
      running.delete(task);
      digests.set(path, digest);
    });
    running.add(task);
    if (running.size >= plan.threads * TASKS_PER_THREAD) await Promise.race(running);
  }
  await Promise.all(running);
  return digests;
}

const beginMs = performance.now();
const pool = new Piscina({
  filename: fileURLToPath(entryFile('digest-piscina-worker')),
  minThreads: plan.threads,
  maxThreads: plan.threads,
  concurrentTasksPerWorker: TASKS_PER_THREAD,
});
const digests = await digestAll(pool);
const seconds = (performance.now() - beginMs) / 1000;
const result: DigestResult = {
  seconds,
  files: digests.size,
  combined: combineDigests([...digests.values()]),
};
reportResult(result);
await pool.destroy();
