// One process: ends a pool while its thread sends its first result. Its argument is loaded by the thread first: it makes
// everything take long that koffi cannot do in a thread that is being terminated.
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerPool } from 'wakeline';
import { poolFile } from './run-process.js';

const execArgv = ['--require', process.argv[2]];
const pool = new WorkerPool({ filename: poolFile('basic-tasks'), name: 'double', threads: 1, execArgv });
await pool.ready();
const outcome = pool.run(4).catch(() => {});
// Long enough for the task, and no more than a quarter of what a call takes.
await sleep(100);
await pool.destroy();
await outcome;
