import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Case, Effort, PreparedSuite, Suite } from '../support/case.js';
import { combineDigests } from '../support/combine-digests.js';
import { type FileTree, makeFileTree } from '../support/file-tree.js';
import { entryFile, packageFolder } from '../support/places.js';
import { runCommand, runEntry } from '../support/run-child.js';
import type { DigestPlan, DigestResult } from '../threads/digest-plan.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const SMALL_FILES = 20_000;
const SMALL_FILES_QUICK = 4000;
const LARGE_FILES = 4;
const LARGE_BYTES = 128 * MIB;
const LARGE_QUICK_BYTES = 32 * MIB;
const command = join(packageFolder, 'dist', 'lib', 'cli', 'main.js');

/** What `wakeline digest --json` prints, as far as it matters here. */
interface DigestReport {
  readonly seconds: number;
  readonly files: readonly { readonly sha256: string }[];
}

/** Makes sure that every run digests the same files to the same digests. */
class Agreement {
  readonly #files: number;
  #combined: string | undefined;

  constructor(files: number) {
    this.#files = files;
  }

  /** Checks one run's result, and returns its time. */
  check({ seconds, files, combined }: DigestResult): number {
    if (files !== this.#files) throw new Error(`${files} files were digested, there are ${this.#files}`);
    this.#combined ??= combined;
    if (combined !== this.#combined) throw new Error('two runs digested the same files to different digests');
    return seconds;
  }
}

async function runWakeline(folder: string, threads: number): Promise<DigestResult> {
  const parameters = [command, 'digest', '--json', '--threads', String(threads), folder];
  const { seconds, files } = JSON.parse(await runCommand(process.execPath, parameters)) as DigestReport;
  return { seconds, files: files.length, combined: combineDigests(files.map(({ sha256 }) => sha256)) };
}

function digestCase(name: string, { folder }: FileTree, files: number, target: number): Case {
  const threads = availableParallelism();
  const agreement = new Agreement(files);
  const plan: DigestPlan = { folder, threads };
  return {
    name,
    unit: 's',
    ours: async () => agreement.check(await runWakeline(folder, threads)),
    peer: 'Piscina and fs/promises',
    theirs: async () => agreement.check(await runEntry<DigestResult>(entryFile('digest-piscina'), plan)),
    direction: 'lower',
    target,
  };
}

async function prepare({ isQuick }: Effort): Promise<PreparedSuite> {
  const smallCount = isQuick ? SMALL_FILES_QUICK : SMALL_FILES;
  const largeBytes = isQuick ? LARGE_QUICK_BYTES : LARGE_BYTES;
  const small = await makeFileTree(smallCount, KIB, 16 * KIB);
  const large = await makeFileTree(LARGE_FILES, largeBytes, largeBytes);
  return {
    cases: [
      digestCase(`SHA-256 of ${smallCount} files of 1 to 16 KiB`, small, smallCount, 1.5),
      digestCase(`SHA-256 of ${LARGE_FILES} files of ${largeBytes / MIB} MiB`, large, LARGE_FILES, 1),
    ],
    cleanUp: async () => {
      await small.remove();
      await large.remove();
    },
  };
}

/** The job of `wakeline digest`. */
export const digestSuite: Suite = {
  name: 'digest',
  note: `with ${availableParallelism()} threads; the time from the first look at the folder to the last digest, with the start of the threads on both sides; the files are in the page cache`,
  rounds: 7,
  prepare,
};
