#!/usr/bin/env node
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { compiledFile } from '../../ffi/index.js';
import { addDigestCommand } from './digest-command.js';
import { printError } from './print-error.js';

const { version, description } = createRequire(import.meta.url)(
  fileURLToPath(compiledFile('../package.json')),
) as {
  version: string;
  description: string;
};

// Nobody listens any more: the exit status still tells what happened.
process.stderr.on('error', () => {});

const program = new Command('wakeline').description(description).version(version);
addDigestCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  printError((error as Error).message);
  process.exitCode = 1;
}
