import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../../support/project.js';
import { WorkerFiles } from '../compat/worker-files.js';
import { importings, packagePlace } from './usage.js';

const compilerOptions = {
  target: 'es2022',
  lib: ['es2024', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  noEmit: true,
  noUnusedLocals: false,
};

/** What the compiler says of a program; nothing when it compiles. */
function compile(file: string, options: object, source: string): string {
  const files = new WorkerFiles();
  onTestFinished(() => files.remove());
  files.add(file, source);
  const typeRoots = [join(projectFolder, 'node_modules', '@types')];
  const all = { ...compilerOptions, ...options, typeRoots };
  const project = files.add('tsconfig.json', JSON.stringify({ compilerOptions: all, files: [file] }));
  const compiler = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  return run.stdout.replaceAll(files.folder, 'FOLDER');
}

for (const [way, { file, options, source }] of Object.entries(importings)) {
  for (const module of ['piscina', 'wakeline/piscina']) {
    test(`a program that uses all of piscina’s types compiles with ${module} (${way})`, () => {
      expect(compile(file, options, source.replaceAll(packagePlace, module))).toBe('');
    });
  }
}

test('a program that is wrong does not compile', () => {
  const { file, options, source } = importings['names in an ES module'];
  const wrong = `${source}\nconst no: string = pool.completed;`;
  expect(compile(file, options, wrong.replaceAll(packagePlace, 'wakeline/piscina'))).toContain('TS2322');
});
