import type { Case, Effort, PreparedSuite, Suite } from '../support/case.js';
import { makeFileTree } from '../support/file-tree.js';
import { makeLargeFile } from '../support/large-file.js';
import { compileLimit } from '../support/limits.js';
import { entryFile } from '../support/places.js';
import { runCommand, runEntry } from '../support/run-child.js';
import type { FilePlan, FileResult, FileSide } from '../threads/file-plan.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const CHUNK_BYTES = 128 * KIB;

type Run = () => Promise<FileResult>;

/** The two figures of one run; the second is asked for right after the first, and is of the same run. */
interface Figures {
  readonly cpu: () => Promise<number>;
  readonly wall: () => Promise<number>;
}

function figuresOf(run: Run): Figures {
  let last: FileResult | undefined;
  return {
    cpu: async () => {
      last = await run();
      return last.cpuNs;
    },
    wall: async () => (last ?? (await run())).wallNs,
  };
}

const processFor =
  (plan: FilePlan): Run =>
  () =>
    runEntry<FileResult>(entryFile('file-process'), plan);

/** A peer, and the ratios of CPU time and of time that are asked for beside it. */
interface Peer {
  readonly name: string;
  readonly figures: Figures;
  readonly cpuTarget: number | null;
  readonly wallTarget: number | null;
}

function casesOf(name: string, item: string, ours: Figures, peers: readonly Peer[]): Case[] {
  const direction = 'lower' as const;
  return [
    ...peers.map(({ name: peer, figures, cpuTarget: target }) => ({
      ...{ name: `${name}: CPU`, unit: `ns/${item}`, ours: ours.cpu, peer, theirs: figures.cpu },
      ...{ direction, target },
    })),
    ...peers.map(({ name: peer, figures, wallTarget: target }) => ({
      ...{ name: `${name}: time`, unit: `ns/${item}`, ours: ours.wall, peer, theirs: figures.wall },
      ...{ direction, target },
    })),
  ];
}

/** 1.6 times a C program's time at the most. */
const OF_THE_RAW_RING = 1 / 1.6;

function randomCases(path: string, reads: number): Case[] {
  const figures = (side: FileSide, count: number): Figures =>
    figuresOf(processFor({ job: 'random', side, path, isDirect: false, reads: count }));
  const raw = figuresOf(() => runLimit(path, reads, 'cached'));
  const slower = Math.ceil(reads / 4);
  return casesOf('4 KiB random reads, page cache, 64 in flight', 'read', figures('wakeline', reads), [
    { name: 'fs/promises', figures: figures('promises', slower), cpuTarget: 6, wallTarget: 6 },
    { name: 'fs.read', figures: figures('callbacks', slower), cpuTarget: 3, wallTarget: 3 },
    { name: 'C, raw ring', figures: raw, cpuTarget: OF_THE_RAW_RING, wallTarget: OF_THE_RAW_RING },
  ]);
}

async function runLimit(path: string, reads: number, mode: string): Promise<FileResult> {
  const printed = await runCommand(compileLimit('file-read'), [path, String(reads), mode]);
  const [cpuNs, wallNs] = printed.split(' ').map(Number);
  return { cpuNs, wallNs };
}

function directCases(path: string, reads: number): Case[] {
  const figures = (side: FileSide): Figures =>
    figuresOf(processFor({ job: 'random', side, path, isDirect: true, reads }));
  return casesOf('O_DIRECT 4 KiB random reads, 64 in flight', 'read', figures('wakeline'), [
    { name: 'fs/promises', figures: figures('promises'), cpuTarget: 2, wallTarget: null },
    {
      name: 'C, raw ring',
      figures: figuresOf(() => runLimit(path, reads, 'direct')),
      cpuTarget: null,
      wallTarget: null,
    },
  ]);
}

function sequentialCases(path: string, bytes: number, passes: number): Case[] {
  const figures = (side: FileSide, reuse: boolean): Figures =>
    figuresOf(processFor({ job: 'sequential', side, path, chunkBytes: CHUNK_BYTES, passes, reuse }));
  const peer = figures('promises', false);
  const name = `sequential read of ${bytes / MIB} MiB in chunks of 128 KiB`;
  const stream = { name: 'fs.createReadStream', figures: peer };
  return [
    ...casesOf(name, 'MiB', figures('wakeline', true), [{ ...stream, cpuTarget: 2, wallTarget: 1 }]),
    ...casesOf(`${name}, for good`, 'MiB', figures('wakeline', false), [
      { ...stream, cpuTarget: null, wallTarget: 1 },
    ]),
  ];
}

function wholeCases(folder: string, count: number): Case[] {
  const figures = (side: FileSide): Figures => figuresOf(processFor({ job: 'whole', side, folder }));
  return casesOf(`${count} files of 1 to 16 KiB read whole`, 'file', figures('wakeline'), [
    { name: 'fs/promises.readFile', figures: figures('promises'), cpuTarget: 3, wallTarget: 3 },
  ]);
}

async function prepare({ isQuick }: Effort): Promise<PreparedSuite> {
  const files = isQuick ? 3000 : 10_000;
  const [cachedBytes, largeBytes] = isQuick ? [64 * MIB, 128 * MIB] : [256 * MIB, 1024 * MIB];
  const cached = await makeLargeFile(cachedBytes);
  const large = await makeLargeFile(largeBytes);
  const tree = await makeFileTree(files, KIB, 16 * KIB);
  return {
    cases: [
      ...randomCases(cached.path, isQuick ? 200_000 : 1_000_000),
      ...directCases(cached.path, isQuick ? 10_000 : 50_000),
      ...sequentialCases(large.path, largeBytes, isQuick ? 6 : 1),
      ...wholeCases(tree.folder, files),
    ],
    cleanUp: async () => {
      await cached.remove();
      await large.remove();
      await tree.remove();
    },
  };
}

/** Files. */
export const fileSuite: Suite = {
  name: 'file',
  note: 'each side in a process of its own; CPU is user and system time of the whole process, its kernel threads and libuv’s threads included; each process warms up first, with the same work',
  rounds: 3,
  prepare,
};
