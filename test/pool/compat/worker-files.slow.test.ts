import { pathToFileURL } from 'node:url';
import { compare } from './compare.js';
import { outcomeOf } from './recorder.js';
import type { Scenario, Subject } from './subject.js';

/** Worker files of every kind: name, source, and the export to run. */
const kinds: readonly (readonly [file: string, source: string, name?: string])[] = [
  ['default.mjs', 'export default (value) => ["default", value];'],
  ['async.mjs', 'export default async (value) => ["async", value];'],
  ['named.mjs', 'export function named(value) { return ["named", value]; }', 'named'],
  ['both.mjs', 'export default () => "default"; export const other = () => "other";', 'other'],
  ['promise.mjs', 'export default new Promise((r) => setTimeout(() => r((v) => ["later", v]), 20));'],
  ['named-promise.mjs', 'export const later = Promise.resolve((v) => ["later", v]);', 'later'],
  ['top-level.mjs', 'const base = await Promise.resolve(5); export default (v) => base + v;'],
  ['class.mjs', 'export default class { constructor() { return { made: 1 }; } }'],
  ['function.cjs', 'module.exports = (value) => ["function", value];'],
  ['object.cjs', 'module.exports = { named: (value) => ["named", value] };', 'named'],
  ['exports.cjs', 'exports.named = (value) => ["exports", value];', 'named'],
  ['default-key.cjs', 'exports.default = (value) => ["default key", value];'],
  ['es-module.cjs', 'exports.__esModule = true; exports.default = (v) => ["interop", v];'],
  ['promise.cjs', 'module.exports = Promise.resolve((value) => ["promise", value]);'],
  ['with-properties.cjs', 'const f = () => "f"; f.a = () => "a"; module.exports = f;', 'a'],
  ['with-properties-2.cjs', 'const f = () => "f"; f.a = () => "a"; module.exports = f;'],
  ['commonjs/worker.js', 'module.exports = function () { return [typeof require, this === undefined]; };'],
  ['module/worker.js', 'export default () => [typeof require, import.meta.url.slice(0, 8)];'],
  ['folder/index.js', 'module.exports = () => "index";'],
  ['extensionless', 'module.exports = () => "no extension";'],
  ['data.json', '{ "a": 1 }'],
  ['types.ts', 'export default (value: number): [string, number] => ["typed", value];'],
  ['types.cts', 'module.exports = (value: number): unknown => ["typed", value];'],
  ['with space.mjs', 'export default () => "space";'],
  ['ünïcode 日本.mjs', 'export default () => "unicode";'],
  ['100%.mjs', 'export default () => "percent";'],
  ['a#b.mjs', 'export default () => "hash";'],
  ['a?b=c.mjs', 'export default () => "question";'],
  ['a?b=c.cjs', 'module.exports = () => "question";'],
];

function write({ files }: Subject, file: string, source: string): string {
  files.add('module/package.json', '{ "type": "module" }');
  files.add('commonjs/package.json', '{ "type": "commonjs" }');
  return files.add(file, source);
}

/** What came of a file; paths and stacks of errors differ between the two runs. */
async function resultOf(subject: Subject, call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    (resolved) => ({ resolved }),
    ({ name, message }) => ({
      rejected: [name, String(message).split('\n', 1)[0].replaceAll(subject.files.folder, 'FOLDER')],
    }),
  );
}

/** A file given to run(). */
const asTaskFile =
  (file: string, source: string, name?: string): Scenario =>
  async (subject) => {
    const filename = write(subject, file, source);
    const made = subject.pool({ filename: null, minThreads: 1, maxThreads: 1 });
    const run = (path: string) =>
      resultOf(subject, () =>
        made.run(5, name === undefined ? { filename: path } : { filename: path, name }),
      );
    return [await run(filename), await run(filename), await run(pathToFileURL(filename).href)];
  };

/** Names of the package, as seen from a worker. */
const seen = 'isWorkerThread, workerData, version, typeof move';

compare({
  ...Object.fromEntries(
    kinds.map(([file, source, name]) => [
      `${file} runs alike${name === undefined ? '' : ` by the name ${name}`}`,
      asTaskFile(file, source, name),
    ]),
  ),
  'the pool’s own file may be a path or a URL, with a name of its own': async (subject) => {
    const filename = write(subject, 'pool.mjs', 'export default () => "d"; export const other = () => "o";');
    const url = pathToFileURL(filename).href;
    const [one, two] = [
      subject.pool({ filename: url, maxThreads: 1 }),
      subject.pool({ filename, name: 'other', maxThreads: 1 }),
    ];
    return [
      await one.run(1),
      await one.run(1, { name: 'other' }),
      await two.run(1),
      await two.run(1, { name: 'default' }),
      one.options.filename === filename,
    ];
  },
  'a pool whose file takes time to load runs its tasks then': async (subject) => {
    const filename = write(
      subject,
      'slow.mjs',
      'await new Promise((r) => setTimeout(r, 100)); export default (v) => v;',
    );
    const made = subject.pool({ filename, minThreads: 1, maxThreads: 2 });
    return Promise.all([1, 2, 3].map((value) => made.run(value)));
  },
  'a file is loaded once in a thread': async (subject) => {
    const filename = write(
      subject,
      'count.mjs',
      'let n = 0; export const a = () => ++n; export const b = () => ++n;',
    );
    const made = subject.pool({ filename: null, minThreads: 1, maxThreads: 1 });
    const counts: unknown[] = [];
    for (const name of ['a', 'b', 'a', 'b']) counts.push(await made.run(0, { filename, name }));
    return counts;
  },
  'a relative path is resolved alike': async (subject) => {
    const made = subject.pool({ filename: null, minThreads: 1, maxThreads: 1 });
    return resultOf(subject, () => made.run(1, { filename: './no-such-worker.js' })).then((result) =>
      JSON.stringify(result).includes('no-such-worker'),
    );
  },
  'an ES module in a worker sees the package’s names': async (subject) => {
    const source = `
      import Piscina, { isWorkerThread, workerData, version, move } from '${subject.module}';
      export default () => [${seen}, Piscina.isWorkerThread, Piscina.workerData];`;
    const filename = write(subject, 'sees.mjs', source);
    return subject.pool({ filename, maxThreads: 1, workerData: { a: [1] } }).run(0);
  },
  'CommonJS in a worker sees the package’s names': async (subject) => {
    const source = `
      const Piscina = require('${subject.module}');
      const { isWorkerThread, workerData, version, move } = Piscina;
      module.exports = () => [${seen}, Piscina.isWorkerThread, Piscina.workerData];`;
    const filename = write(subject, 'sees.cjs', source);
    return subject.pool({ filename, maxThreads: 1, workerData: 'data' }).run(0);
  },
  'a worker may have a pool of its own': async (subject) => {
    const inner = write(subject, 'inner.mjs', 'export default (v) => v * 2;');
    const source = `
      import { Piscina } from '${subject.module}';
      export default async (filename) => {
        const pool = new Piscina({ filename, maxThreads: 1 });
        const results = await Promise.all([1, 2, 3].map((v) => pool.run(v)));
        await pool.destroy();
        return results;
      };`;
    const filename = write(subject, 'outer.mjs', source);
    const made = subject.pool({ filename, maxThreads: 1 });
    return outcomeOf(() => made.run(inner));
  },
});
