// Joins the compiled package into few files; runs in `npm run build`. What the threads of a pool need goes into one CommonJS
// file, `dist/chunks/core.cjs`; everything else is ES modules that share it (docs/decisions/016-memory-of-an-idle-thread.md).
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { shrink } from './shrink.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SERVE_THREAD = 'lib/pool/serve-thread.ts';
const CHUNKS = 'dist/chunks';
/** How the ES modules name the core: package.json has its files, by who asks. */
const CORE = '#core';
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Files of constants alone: whoever needs them has a copy, so that `shrink` can put each where it is used. */
const CONSTANTS = /-(descriptor|constants)\.ts$/;
const subpaths = ['ring', 'queue', 'wake', 'scheduler', 'stats', 'io', 'loop', 'pool'];
const entries = [
  ...['lib/index.ts', 'lib/pool/drop-in.ts', 'lib/cli/main.ts', 'ffi/index.ts'],
  ...subpaths.map((name) => `lib/${name}/index.ts`),
];

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  outbase: '.',
  outdir: 'dist',
  allowOverwrite: true,
  logLevel: 'warning',
  metafile: true,
  // V8 keeps the source of every module, of which a comment beyond ASCII doubles the size. Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
};
const modular = { ...common, format: 'esm', splitting: true, chunkNames: 'chunks/[name]-[hash]' };

/**
 * Stands in for ffi/create-require.ts in files that are CommonJS. Where a bundler of the user's has put them, their `require` is not
 * Node's.
 */
const ownRequire = {
  name: 'own-require',
  setup({ onLoad }) {
    const contents = `
const isOwn = /\\/dist\\/(chunks|workers)\\/[^/]+[.]cjs$/.test(__filename);
export const createRequire = (url) => (isOwn ? require : require('node:module').createRequire(url));`;
    onLoad({ filter: /\/create-require\.ts$/ }, () => ({ contents }));
  },
};

// Without a URL of its own, a module takes that of its file (ffi/package-folder.ts).
const logOverride = { 'empty-import-meta': 'silent' };
const commonJs = { ...common, format: 'cjs', logOverride, plugins: [ownRequire] };

/** @returns the files of which a thread of a pool needs something, and what each exports: `Map<path, names>` */
async function findCore() {
  const thread = await build({ ...common, format: 'esm', entryPoints: [SERVE_THREAD], write: false });
  const [{ inputs }] = Object.values(thread.metafile.outputs);
  const isShared = (path) => inputs[path].bytesInOutput > 0 && !CONSTANTS.test(path);
  const paths = Object.keys(inputs).filter(isShared);
  const each = await build({ ...modular, entryPoints: paths, write: false });
  const outputs = Object.values(each.metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  return new Map(outputs.map(({ entryPoint, exports }) => [entryPoint, exports]));
}

/**
 * `share()` gives the exports of all files of the core, by number: one function, so that a thread that does not share makes nothing,
 * and short, since each holds its source. Where a bundler has put several copies of the core, a thread uses the one that came first,
 * if its numbers are the same: it has one loop.
 */
function coreSource(core) {
  const files = [...core];
  const imports = files.map(([path, names], file) => {
    const list = names.map((name, i) => `${name} as $${file}_${i}`);
    return `import { ${list.join(', ')} } from './${path}';`;
  });
  const shared = files.map(([, names], file) => `[${names.map((_, i) => `$${file}_${i}`).join(', ')}]`);
  const numbers = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 8);
  return `${imports.join('\n')}
export { serveThread } from './${SERVE_THREAD}';
let shared;
export const share = (globalThis[Symbol.for(${JSON.stringify(`${name} ${version} ${numbers}`)})] ??= () => {
  return (shared ??= [${shared.join(',\n')}]);
});`;
}

/** Once as CommonJS, for Node, and once as an ES module, for bundlers: they cannot follow the loader. */
async function buildCore(core) {
  const stdin = { contents: coreSource(core), resolveDir: root, sourcefile: 'core.js' };
  const outdir = undefined;
  await build({ ...common, format: 'esm', stdin, outdir, outfile: `${CHUNKS}/core.mjs` });
  const outfile = `${CHUNKS}/core.cjs`;
  await build({ ...commonJs, stdin, outdir, outfile });
  const file = join(root, outfile);
  writeFileSync(file, await shrink(readFileSync(file, 'utf8')));
  // Required: to import names from CommonJS, Node starts a WebAssembly parser, which takes 2.5 MiB.
  const loader = `import { createRequire } from 'node:module';
export const { share } = createRequire(import.meta.url)('./core.cjs');
`;
  writeFileSync(join(root, CHUNKS, 'load-core.js'), loader);
}

/**
 * For a thread of our own, one file with just what it needs. CommonJS: Node need not start its loader of ES modules, which takes
 * 10 ms.
 */
async function buildThread(entry) {
  const outExtension = { '.js': '.cjs' };
  await build({ ...commonJs, entryPoints: [entry], outExtension });
  rmSync(join(root, 'dist', entry.replace(/ts$/, 'js')));
}

/** Takes from the core what is in it. */
function fromCore(core) {
  return {
    name: 'core',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const file = relative(root, join(resolveDir, path)).replace(/\.js$/, '.ts');
        return core.has(file) ? { path: file, namespace: 'core' } : undefined;
      });
      onLoad({ filter: /./, namespace: 'core' }, ({ path }) => ({
        contents: `import { share } from '${CORE}';
export const [${core.get(path).join(', ')}] = share()[${[...core.keys()].indexOf(path)}];`,
      }));
      onResolve({ filter: /^#core$/ }, () => ({ path: CORE, external: true }));
    },
  };
}

rmSync(join(root, CHUNKS), { recursive: true, force: true });
mkdirSync(join(root, CHUNKS), { recursive: true });
const core = await findCore();
await buildCore(core);
await build({ ...modular, entryPoints: entries, plugins: [fromCore(core)] });
await buildThread('workers/digest.ts');
