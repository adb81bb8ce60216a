import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFolder } from '../../support/project.js';

/** Files that exist for one scenario, in a folder of their own where both packages are installed. */
export class WorkerFiles {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'wakeline-pool-')));

  constructor() {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(modules);
    symlinkSync(join(projectFolder, 'node_modules', 'piscina'), join(modules, 'piscina'));
    symlinkSync(projectFolder, join(modules, 'wakeline'));
  }

  /** Writes a file; returns its path. */
  add(name: string, source: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, source);
    return path;
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
