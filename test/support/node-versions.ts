import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Node versions that the package is tested on. */
export const nodeMajors = [20, 22, 24, 26] as const;

const cache = fileURLToPath(new URL('../../node_modules/.cache/wakeline/', import.meta.url));

/** Installs aside and renames: another test file may be about to do the same. */
function install(major: number, prefix: string): void {
  const aside = `${prefix}.${process.pid}`;
  const flags = ['--no-save', '--no-audit', '--no-fund', '--prefix', aside];
  execFileSync('npm', ['install', ...flags, `node@${major}`], { stdio: 'pipe' });
  try {
    renameSync(aside, prefix);
  } catch (error) {
    if (!existsSync(prefix)) throw error;
    rmSync(aside, { recursive: true });
  }
}

/**
 * The binary of a Node version: this process's own where it is that version, else the one that the npm package `node`
 * brings, installed at the first use.
 */
export function nodeBinary(major: number): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const prefix = `${cache}node-${major}`;
  const binary = `${prefix}/node_modules/node/bin/node`;
  if (!existsSync(binary)) install(major, prefix);
  return binary;
}
