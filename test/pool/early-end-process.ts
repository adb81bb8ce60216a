// One process: ends pools at random moments while their threads start, and prints how many.
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../support/random.js';
import { poolFile } from './run-process.js';

const [module, rounds] = [process.argv[2], Number(process.argv[3])];
const filename = process.argv[4] ?? poolFile('basic-tasks');
const { Piscina } = (await import(module)) as typeof import('wakeline/piscina');
const random = new SeededRandom(rounds);
/** A thread is up in about 50 ms where nothing else runs. */
const LATEST_US = 80_000;

for (let round = 0; round < rounds; round++) {
  const pool = new Piscina({ filename, name: 'double', maxThreads: 2 });
  pool.on('error', (error) => {
    throw error;
  });
  await sleep(random.below(LATEST_US) / 1000);
  await pool.destroy();
}
console.log(JSON.stringify(rounds));
