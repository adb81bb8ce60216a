// One process: V8 collects while a pool, whose code has been optimised, has no task.
import { WorkerPool } from 'wakeline';
import { fixturePath } from '../support/project.js';

const TASKS = 20_000;
/** V8 keeps shapes of objects for two collections longer, unless memory is short. */
const COLLECTIONS = 5;

const pool = new WorkerPool({ filename: fixturePath('pool-handlers'), threads: 1 });
for (let i = 0; i < TASKS; i++) await pool.run(i);
for (let i = 0; i < COLLECTIONS; i++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  globalThis.gc!();
}
// The process ends here: what V8 drops with the pool is not meant.
process.exit();
