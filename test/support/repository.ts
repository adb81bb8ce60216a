import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFolder } from './project.js';

/** One file of the repository, by its path from the root. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];

  constructor(path: string) {
    this.path = path;
    this.text = readFileSync(join(projectFolder, path), 'utf8');
    this.lines = this.text.split('\n');
  }

  /** `path:line`, as editors open it. */
  at(index: number): string {
    return `${this.path}:${index + 1}`;
  }

  get isTypeScript(): boolean {
    return this.path.endsWith('.ts');
  }

  get isC(): boolean {
    return this.path.endsWith('.c') || this.path.endsWith('.h');
  }

  /** Files that only say what a folder offers. */
  get isIndex(): boolean {
    return basename(this.path) === 'index.ts';
  }

  isIn(...folders: readonly string[]): boolean {
    return folders.some((folder) => this.path.startsWith(`${folder}/`));
  }
}

/** Paths of all files that git tracks and that are still there; empty outside a checkout. */
export function trackedPaths(): string[] {
  if (!existsSync(join(projectFolder, '.git'))) return [];
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: projectFolder, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(projectFolder, path)));
}

/** All source files: TypeScript, JavaScript and C. */
export function sourceFiles(): SourceFile[] {
  return trackedPaths()
    .filter((path) => /\.(ts|mjs|js|c|h)$/.test(path))
    .map((path) => new SourceFile(path));
}
