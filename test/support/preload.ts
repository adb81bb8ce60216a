import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { compilerOrSkip } from './compiler.js';
import { projectFolder } from './project.js';

const built = new Map<string, string>();

/**
 * Compiles a C file of test/fixtures into a shared object for LD_PRELOAD, once.
 * @param name the file's name without its suffix
 * @returns the path of the shared object
 */
export function preloadOrSkip(context: TestContext, name: string): string {
  const known = built.get(name);
  if (known !== undefined) return known;
  const library = join(mkdtempSync(join(tmpdir(), `wakeline-${name}-`)), `${name}.so`);
  const source = join(projectFolder, 'test', 'fixtures', `${name}.c`);
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared'];
  execFileSync(compilerOrSkip(context), [...flags, '-o', library, source, '-ldl']);
  built.set(name, library);
  return library;
}
