import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { nodeBinary, nodeMajors } from '../support/node-versions.js';
import { projectFolder } from '../support/project.js';

/** What test/fixtures/bundled-service.ts prints. */
interface Found {
  readonly backend: string;
  readonly reason: string;
}

/** A folder as a service is shipped in: bundles, and installed packages. */
class Shipment {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'wakeline-bundled-')));
  readonly #suffix: string;
  readonly #inside: string;
  readonly #format: 'esm' | 'cjs';

  /** @param inside where the bundles lie in it */
  constructor(format: 'esm' | 'cjs', packages: readonly string[], inside = '.') {
    this.#inside = inside;
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    this.#format = format;
    this.#suffix = format === 'esm' ? 'mjs' : 'cjs';
    mkdirSync(join(this.folder, 'node_modules'));
    mkdirSync(this.at('.'), { recursive: true });
    for (const name of packages) {
      const installed = name === 'wakeline' ? projectFolder : join(projectFolder, 'node_modules', name);
      symlinkSync(installed, join(this.folder, 'node_modules', name));
    }
  }

  at(name: string): string {
    return join(this.folder, this.#inside, name);
  }

  get service(): string {
    return this.at(`service.${this.#suffix}`);
  }

  /** Runs the README's commands on the service. */
  ship(has: { sharedObject: boolean }): void {
    const source = join(projectFolder, 'test', 'fixtures', 'bundled-service.ts');
    const options = { cwd: projectFolder, encoding: 'utf8', stdio: 'pipe' } as const;
    for (const line of commands) {
      if (line.startsWith('cp') && !has.sharedObject) continue;
      const command = line
        .replace('--format=esm', `--format=${this.#format}`)
        .replace(' service.ts', ` ${source}`)
        .replace('build/service.mjs', this.service)
        .replace('node_modules/wakeline/', '')
        .replace('build/', this.at('/'));
      execFileSync('sh', ['-c', command], options);
    }
  }

  run(entry: string | undefined, node: string = process.execPath): Found {
    const given = entry === undefined ? [] : [this.at(entry)];
    const run = spawnSync(node, [this.service, ...given], { encoding: 'utf8', timeout: 30_000 });
    expect(run, run.stderr).toMatchObject({ status: 0, stderr: '' });
    return JSON.parse(run.stdout) as Found;
  }
}

const right = {
  squares: [1, 4, 9],
  counted: [1, 2, 3],
  second: 'ERR_WAKELINE_ATTACHED',
  file: 'Linux',
};
const commands = /```sh\n(npx esbuild[^`]*)```/
  .exec(readFileSync(join(projectFolder, 'README.md'), 'utf8'))![1]
  .trim()
  .split('\n');
const native = EventLoop.attach();
const { backend } = native;
await native.close();

for (const format of ['esm', 'cjs'] as const) {
  for (const major of nodeMajors) {
    test(`a service that is bundled as one ${format} file runs with the bundled entry of its threads, on Node ${major}`, () => {
      const shipment = new Shipment(format, ['koffi', '@koromix', 'piscina']);
      shipment.ship({ sharedObject: true });
      expect(shipment.run('pool-thread.cjs', nodeBinary(major))).toMatchObject({ ...right, backend });
    });
  }

  test(`a service that is bundled as one ${format} file finds the package where it is installed`, () => {
    const shipment = new Shipment(format, ['koffi', '@koromix', 'piscina', 'wakeline'], 'dist');
    shipment.ship({ sharedObject: false });
    expect(shipment.run(undefined)).toMatchObject({ ...right, backend });
    expect(shipment.run('pool-thread.cjs')).toMatchObject({ ...right, backend });
  });

  test(`a service that is bundled as one ${format} file runs without the shared object, and says what is missing`, () => {
    const shipment = new Shipment(format, ['koffi', '@koromix', 'piscina']);
    shipment.ship({ sharedObject: false });
    expect(shipment.run('pool-thread.cjs')).toMatchObject({
      ...right,
      backend: 'portable',
      reason: expect.stringContaining('put its dist/ffi/wakeline.so beside the bundle'),
    });
  });
}
