import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nativeOrSkip } from '../support/native.js';
import { projectFolder } from '../support/project.js';
import { poolFile, runProcess } from './run-process.js';

/** The addon that the package loads: a thread's own, so it is changed there. */
const slowViews = `
  const { join } = require('node:path');
  const { platform, arch } = process;
  const folder = '@koromix/koffi-' + platform + '-' + arch;
  const koffi = require(join(${JSON.stringify(projectFolder)}, 'node_modules', folder, platform + '_' + arch, 'koffi.node'));
  const usleep = koffi.load(null).func('usleep', 'int', ['uint32_t']);
  const { view } = koffi;
  koffi.view = (address, length) => {
    usleep(400_000);
    return view(address, length);
  };
`;

test('a pool that is destroyed while its thread sends its first result leaves the process whole', async (context) => {
  nativeOrSkip(context);
  const preload = join(mkdtempSync(join(tmpdir(), 'wakeline-slow-views-')), 'slow-views.cjs');
  writeFileSync(preload, slowViews);
  const { code, signal, errors } = await runProcess(poolFile('first-result-process'), {
    arguments: [preload],
  });
  expect({ code, signal, errors }).toEqual({ code: 0, signal: null, errors: '' });
});
