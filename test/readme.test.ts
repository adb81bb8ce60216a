import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { projectFolder } from './support/project.js';

const readmePath = join(projectFolder, 'README.md');
const readme = existsSync(readmePath) ? readFileSync(readmePath, 'utf8') : undefined;
// Inside the project, so that 'wakeline' is found as in a user's own program; git ignores it.
const folder = join(projectFolder, 'dist', 'readme');
const LIMIT_MS = 20_000;

/** The code blocks of the README in one language, each with the line it begins in. */
function snippets(language: string): { line: number; text: string }[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...(readme ?? '').matchAll(fence)].map((match) => ({
    line: readme!.slice(0, match.index).split('\n').length,
    text: match[1],
  }));
}

const programs = snippets('ts');
const nameOf = (line: number): string => `line-${line}`;

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { line, text } of programs) writeFileSync(join(folder, `${nameOf(line)}.ts`), text);
  const { compilerOptions } = JSON.parse(readFileSync(join(projectFolder, 'tsconfig.json'), 'utf8'));
  const options = { ...compilerOptions, rootDir: '.', outDir: 'out', declaration: false };
  // A reader pastes a part of it: what a snippet declares, it need not use.
  Object.assign(options, { noUnusedLocals: false, noUnusedParameters: false });
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
  );
});

test('the README is there', (context) => {
  if (readme === undefined) context.skip('there is no README.md yet');
  expect(programs.length).toBeGreaterThan(0);
});

test('the programs of the README compile', (context) => {
  if (programs.length === 0) context.skip('the README has no ts snippets');
  const compiler = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});

for (const { line } of programs) {
  test(`the program in line ${line} of the README runs to its end`, () => {
    const path = join(folder, 'out', `${nameOf(line)}.js`);
    const run = spawnSync(process.execPath, [path], {
      cwd: projectFolder,
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    expect(run).toMatchObject({ status: 0, signal: null, stderr: '' });
  });
}

test('every npm command of the README exists', (context) => {
  const commands = snippets('sh').flatMap(({ line, text }) =>
    text.split('\n').map((command, index) => ({ where: `README.md:${line + 1 + index}`, command })),
  );
  if (commands.length === 0) context.skip('the README has no sh snippets');
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const unknown = commands.flatMap(({ where, command }) => {
    const match = /\bnpm (?:run(?:-script)? ([\w:-]+)|(test|start|stop|restart)\b)/.exec(command);
    const script = match?.[1] ?? match?.[2];
    return script === undefined || script in scripts ? [] : [`${where}: ${command}`];
  });
  expect(unknown).toEqual([]);
});

test('every file of the repository that the README links to exists', (context) => {
  if (readme === undefined) context.skip('there is no README.md yet');
  const targets = [...readme!.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, target]) => target);
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  expect(local.filter((target) => !existsSync(join(projectFolder, target)))).toEqual([]);
});
