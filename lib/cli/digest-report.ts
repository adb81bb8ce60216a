import type { BytePath } from '../io/index.js';
import { displayPath } from '../io/index.js';
import type { ThreadStats } from './digest-messages.js';
import type { DigestObserver } from './digest-run.js';
import type { WalkError } from './tree-walk.js';

/** One thread in the report. */
export interface ThreadReport extends ThreadStats {
  readonly name: string;
}

/** What a run has come to. */
export interface DigestTotals {
  readonly files: number;
  readonly bytes: number;
  readonly errors: number;
  readonly seconds: number;
  readonly threads: readonly ThreadReport[];
}

interface FileEntry {
  readonly path: BytePath;
  readonly bytes: number;
  readonly sha256: string;
}

const byPath = (a: { readonly path: BytePath }, b: { readonly path: BytePath }): number =>
  a.path < b.path ? -1 : Number(a.path > b.path);

/** Entries written to the output in one string. */
const ENTRIES_PER_CHUNK = 1000;

/** Keeps every file and error, for the report that `--json` prints: one object, in chunks, sorted by path. */
export class JsonReport implements DigestObserver {
  readonly #files: FileEntry[] = [];
  readonly #errors: WalkError[] = [];

  onDigest(path: BytePath, bytes: number, sha256: string): void {
    this.#files.push({ path, bytes, sha256 });
  }

  onError(error: WalkError): void {
    this.#errors.push(error);
  }

  /** The object as text; a large tree's would not fit into one string. */
  *chunks({ seconds, threads }: DigestTotals): Generator<string> {
    yield '{"files":[';
    yield* elements(this.#files);
    yield '],"errors":[';
    yield* elements(this.#errors);
    yield `],"seconds":${JSON.stringify(seconds)},"threads":${JSON.stringify(threads)}}\n`;
  }
}

function* elements(entries: (FileEntry | WalkError)[]): Generator<string> {
  entries.sort(byPath);
  for (let from = 0; from < entries.length; from += ENTRIES_PER_CHUNK) {
    const chunk = entries.slice(from, from + ENTRIES_PER_CHUNK);
    const text = chunk.map((entry) => JSON.stringify({ ...entry, path: displayPath(entry.path) })).join(',');
    yield from === 0 ? text : `,${text}`;
  }
}
