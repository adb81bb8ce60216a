// One process: prints what of an idle pool's first task V8 could not collect.
import { AsyncLocalStorage } from 'node:async_hooks';
import { WorkerPool } from 'wakeline';
import { fixturePath } from '../support/project.js';

const PAUSE_MS = 20;
const pool = new WorkerPool({ filename: fixturePath('pool-handlers'), threads: 1 });
const storage = new AsyncLocalStorage<object>();
const references: Record<string, WeakRef<object>> = {};

async function runOne(): Promise<void> {
  const [value, store] = [{ name: 'value' }, { name: 'store' }];
  references.value = new WeakRef(value);
  references.store = new WeakRef(store);
  await storage.run(store, async () => {
    references.result = new WeakRef((await pool.run(value)) as object);
  });
}

await runOne();
for (let i = 0; i < 3; i++) {
  // A reference that was just made, or looked at, holds its object until then.
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  globalThis.gc!();
}
const held = Object.keys(references).filter((name) => references[name].deref() !== undefined);
console.log(JSON.stringify(held));
await pool.destroy();
