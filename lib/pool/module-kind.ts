import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** Extensions that say it themselves, and those for which the nearest package.json does. */
const ALWAYS = new Set(['.mjs', '.mts']);
const BY_PACKAGE = new Set(['.js', '.ts']);

/** Whether a file's name makes it an ES module, by Node's rules: its extension, or `type` in the nearest package.json. */
export function isNamedModule(filename: string): boolean {
  const extension = extname(filename);
  if (!BY_PACKAGE.has(extension)) return ALWAYS.has(extension);
  for (let folder = dirname(filename); ; folder = dirname(folder)) {
    const type = packageType(folder);
    if (type !== undefined) return type === 'module';
    if (dirname(folder) === folder) return false;
  }
}

/** @returns undefined without a package.json; null when it does not say, or cannot be read */
function packageType(folder: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : null;
  }
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type ?? null;
  } catch {
    return null;
  }
}
