// One process: prints what of an idle pool's first task V8 could not collect.
import { AsyncLocalStorage } from 'node:async_hooks';
import { WorkerPool } from 'wakeline';
import { WatchedObjects } from '../support/held.js';
import { fixturePath } from '../support/project.js';

const pool = new WorkerPool({ filename: fixturePath('pool-handlers'), threads: 1 });
const storage = new AsyncLocalStorage<object>();
const objects = new WatchedObjects();

async function runOne(): Promise<void> {
  const value = objects.watch('value', { name: 'value' });
  const store = objects.watch('store', { name: 'store' });
  await storage.run(store, async () => {
    objects.watch('result', (await pool.run(value)) as object);
  });
}

await runOne();
console.log(JSON.stringify(await objects.held()));
await pool.destroy();
