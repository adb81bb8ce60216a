import { posix } from 'node:path';
import type { SourceFile } from './repository.js';

/** A function, by its first line's index and its length in lines. */
export interface FoundFunction {
  readonly start: number;
  readonly lengthLines: number;
}

const indentationOf = (line: string): number => line.length - line.trimStart().length;

/** Lines that end with the beginning of a function's body in TypeScript: `) {`, `): Type {`, `=> {`. */
const typeScriptBody = /^(?!\s*(\} )?(for|if|else|while|do|switch|try|catch)\b).*(=>|\)(: .+)?) \{$/;
/** Groups of tests are a heading, not a function. */
const grouping = /\bdescribe(\.each)?\(/;
/** In C a function begins in the first column. */
const cBody = /^[a-z_].*\) \{$|^\) \{$/;

/**
 * Finds the functions of a formatted file: a body ends with the first line at its own indentation that begins with a
 * brace, and a signature of several lines begins with the last line before it at that indentation.
 */
export function functionsOf(file: SourceFile): FoundFunction[] {
  const body = file.isC ? cBody : typeScriptBody;
  const found: FoundFunction[] = [];
  file.lines.forEach((line, index) => {
    if (!body.test(line)) return;
    const indentation = indentationOf(line);
    const isAt = (other: string): boolean => other !== '' && indentationOf(other) === indentation;
    const end = file.lines.findIndex(
      (other, at) => at > index && isAt(other) && other.trim().startsWith('}'),
    );
    let start = index;
    if (line.trim().startsWith(')')) while (start > 0 && !isAt(file.lines[--start]));
    if (end > 0 && !grouping.test(line)) found.push({ start, lengthLines: end - start + 1 });
  });
  return found;
}

const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\([^)]*\))?\s*\(\s*)['"]([^'"]+)['"]/g;

/** Modules that a file imports, as it writes them. */
export function importsOf(file: SourceFile): string[] {
  const code = file.lines.filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line)).join('\n');
  return [...code.matchAll(specifier)].map(([, module]) => module);
}

/** Path of an imported module of this project, from the root; undefined for any other module. */
export function projectPathOf(file: SourceFile, module: string): string | undefined {
  if (module.startsWith('.')) return posix.join(posix.dirname(file.path), module).replace(/\.js$/, '.ts');
  if (module === 'wakeline') return 'lib/index.ts';
  if (module === 'wakeline/ffi') return 'ffi/index.ts';
  if (module.startsWith('wakeline/')) return `lib/${module.slice('wakeline/'.length)}/index.ts`;
  return undefined;
}

const declaration =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/;

/** Indices of the lines that export a declaration which has no doc comment right above it. */
export function undocumentedExports(file: SourceFile): number[] {
  return file.lines.flatMap((line, index) => {
    const match = declaration.exec(line);
    if (match === null) return [];
    const above = file.lines[index - 1] ?? '';
    const isOverload = new RegExp(`^export function ${match[1]}\\b`).test(above);
    return above.trimEnd().endsWith('*/') || isOverload ? [] : [index];
  });
}
