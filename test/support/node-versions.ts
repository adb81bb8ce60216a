import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Node versions that the package is tested on. */
export const nodeMajors = [20, 22, 24, 26] as const;

const cache = fileURLToPath(new URL('../../node_modules/.cache/wakeline/', import.meta.url));

/**
 * The binary of a Node version: this process's own where it is that version, else the one that the npm package `node`
 * brings, installed at the first use.
 */
export function nodeBinary(major: number): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const prefix = `${cache}node-${major}`;
  const binary = `${prefix}/node_modules/node/bin/node`;
  if (!existsSync(binary)) {
    execFileSync(
      'npm',
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `node@${major}`],
      {
        stdio: 'pipe',
      },
    );
  }
  return binary;
}
