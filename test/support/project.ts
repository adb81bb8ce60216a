import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The package's root folder, found as a user's code would find it. */
export const projectFolder = dirname(require.resolve('wakeline/package.json'));

/** A compiled file of test/fixtures. */
export function fixturePath(name: string): string {
  return join(projectFolder, 'dist', 'test', 'fixtures', `${name}.js`);
}
