// One process: does with a pool what a pool is for, and prints what came of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

const pool = new WorkerPool({ filename: poolFile('basic-tasks'), threads: 2 });
const results: Record<string, unknown> = {};

results.values = await Promise.all([1, 2, 3].map((value) => pool.run(value, { name: 'double' })));
results.crash = await pool.run('the cause', { name: 'crash' }).catch((error) => error.message);
const begun = new Int32Array(new SharedArrayBuffer(4));
results.timeOut = await pool.run(begun, { name: 'wait', timeoutMs: 50 }).catch((error) => error.name);
results.stream = [];
for await (const value of pool.stream([4, 5, 6], { name: 'double' }))
  (results.stream as unknown[]).push(value);

// Node runs TypeScript without a flag where `process.features.typescript` says so.
const typed = join(process.argv[2], 'typed.mts');
writeFileSync(typed, 'export default (value: number): [string, number] => ["typed", value];');
results.hasTypes = Boolean((process.features as { typescript?: unknown }).typescript);
results.typed = await pool.run(7, { filename: typed }).catch((error) => error.code);

await pool.close();
console.log(JSON.stringify(results));
