import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../support/project.js';

/** How a process ended, and what it printed. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

/** How to start one. */
export interface ProcessOptions {
  /** The node binary; this process's own by default. */
  readonly binary?: string;
  readonly nodeFlags?: readonly string[];
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

const LIMIT_MS = 20_000;

/** Runs a program in a process of its own. */
export function runProcess(path: string, options: ProcessOptions = {}): Promise<Ending> {
  const {
    binary = process.execPath,
    nodeFlags = [],
    arguments: given = [],
    environment = {},
    limitMs = LIMIT_MS,
  } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [...nodeFlags, path, ...given], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
    });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
}

/** A compiled file of this folder. */
export function poolFile(name: string): string {
  return join(projectFolder, 'dist', 'test', 'pool', `${name}.js`);
}

/** Runs a compiled file of this folder, and returns what it printed, from JSON. */
export async function runPoolFile<Result>(name: string, options: ProcessOptions = {}): Promise<Result> {
  const { code, signal, output, errors } = await runProcess(poolFile(name), options);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}:\n${output}${errors}`);
  return JSON.parse(output) as Result;
}
