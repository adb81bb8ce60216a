import { runProcess } from '../run-process.js';
import { compare } from './compare.js';
import type { Scenario, Subject } from './subject.js';

const worker = `
  module.exports = {
    echo: (value) => value,
    say: (text) => { console.log(text); console.error(text); return text; },
    sayMuch: (count) => { for (let i = 0; i < count; i++) console.log('line ' + i); return count; },
    write: (text) => { process.stdout.write(text); return text.length; },
    rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms)),
    spin: () => { for (;;); },
    interval: () => { setInterval(() => {}, 10); return 'left an interval'; },
    crash: () => { setTimeout(() => { throw new Error('late') }, 100); return 'ok'; },
    sayAndExit: (text) => { console.log(text); process.exit(3); },
    environment: () => [process.env.PISCINA_DISABLE_ATOMICS, process.env.PISCINA_ENABLE_ASYNC_ATOMICS],
  };`;

/** How a program ends that makes a pool and then does something, and what it prints. */
const program =
  (body: string, environment: Readonly<Record<string, string>> = {}, options = '{}'): Scenario =>
  async ({ files, module }: Subject) => {
    const filename = files.add('worker.cjs', worker);
    const source = `
      import { Piscina } from '${module}';
      const pool = new Piscina({ filename: ${JSON.stringify(filename)}, name: 'echo', minThreads: 2, maxThreads: 2, ...${options} });
      process.on('exit', (code) => console.log('exit', code));
      ${body}`;
    const { errors, ...ending } = await runProcess(files.add('program.mjs', source), {
      nodeFlags: ['--no-warnings'],
      environment,
    });
    return {
      ...ending,
      errors: errors
        .split('\n')
        .filter((line) => !/^\s+at |node:internal|^Node\.js/.test(line))
        .slice(0, 3),
    };
  };

compare({
  'a process with an idle pool ends': program('console.log("made");'),
  'a process with a pool that has worked ends': program('console.log(await pool.run(1));'),
  'a process waits for its tasks': program('pool.run(100, { name: "rest" }).then(console.log);'),
  'a process waits for tasks in the queue': program(
    'for (let i = 0; i < 8; i++) pool.run(20 + i, { name: "rest" }).then(console.log);',
    {},
    '{ minThreads: 1, maxThreads: 1 }',
  ),
  'a process does not wait for what a task left behind': program(
    'console.log(await pool.run(1, { name: "interval" }));',
  ),
  'a process waits for nothing when the pool was destroyed': program(
    'pool.run(0, { name: "spin" }).catch(({ message }) => console.log(message)); await pool.run(1); await pool.destroy();',
  ),
  'a process ends after close': program('await pool.run(1); await pool.close(); console.log("closed");'),
  'a program that awaits a task forever is ended by its abort': program(`
    const signal = AbortSignal.timeout(100);
    setTimeout(() => {}, 300);
    await pool.run(0, { name: 'spin', signal }).catch(({ name }) => console.log(name));`),
  'process.exit ends the threads': program(
    'pool.run(0, { name: "spin" }); setTimeout(() => process.exit(5), 100);',
  ),
  'what a task prints is printed before its result': program(
    'console.log("result", await pool.run("from the task", { name: "say" }));',
  ),
  'what a task prints is printed although the process ends': program(
    'const count = await pool.run(300, { name: "sayMuch" }); console.log(count);',
  ),
  'what several tasks print is printed in order': program(
    'for (const text of ["a\\n", "b\\n", "c\\n"]) await pool.run(text, { name: "write" });',
    {},
    '{ minThreads: 1, maxThreads: 1 }',
  ),
  'the variables of Piscina are those of the threads': program(
    'console.log(await pool.run(0, { name: "environment" }));',
    { PISCINA_DISABLE_ATOMICS: '1', PISCINA_ENABLE_ASYNC_ATOMICS: '1' },
  ),
  'PISCINA_DISABLE_ATOMICS changes no result': program(
    'console.log(await Promise.all([1, 2, 3].map((value) => pool.run(value))));',
    { PISCINA_DISABLE_ATOMICS: '1' },
  ),
  'PISCINA_ENABLE_ASYNC_ATOMICS changes no result': program(
    'console.log(await Promise.all([1, 2, 3].map((value) => pool.run(value))));',
    { PISCINA_ENABLE_ASYNC_ATOMICS: '1' },
  ),
  'a rejection that nobody handles ends the process': program('pool.run(() => {});'),
  'an error event that nobody listens to ends the process': program(
    'console.log(await pool.run(1, { name: "crash" })); setTimeout(() => {}, 2000);',
    {},
    '{ atomics: "disabled" }',
  ),
  'a pool in CommonJS': async ({ files, module }) => {
    const filename = files.add('worker.cjs', worker);
    const source = `
      const Piscina = require('${module}');
      const { Piscina: Named, FixedQueue, version } = require('${module}');
      const pool = new Piscina({ filename: ${JSON.stringify(filename)}, name: 'echo', taskQueue: new FixedQueue() });
      pool.run('common').then((value) => { console.log(value, Named === Piscina, version); return pool.close(); });`;
    return runProcess(files.add('program.cjs', source), { nodeFlags: ['--no-warnings'] });
  },
  'two pools at once': program(`
    const other = new Piscina({ filename: pool.options.filename, name: 'echo', maxThreads: 1 });
    console.log(await Promise.all([pool.run(1), other.run(2), pool.run(3), other.run(4)]));`),
});
