// One process that reads files in one of the ways, and measures the CPU time and the time that it takes.
import {
  constants,
  createReadStream,
  openSync,
  promises,
  readdirSync,
  read as readWithCallback,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { EventLoop } from 'wakeline';
import { native } from 'wakeline/ffi';
import type { FilePlan, FileResult, FileSide } from './file-plan.js';
import { readPlan, reportResult } from './report-result.js';

type Plan<Job> = Extract<FilePlan, { readonly job: Job }>;

const IN_FLIGHT = 64;
const BLOCK_BYTES = 4096;
const MIB = 1 << 20;
const WARM_UP_PASSES = 2;
const NS_PER_US = 1000;
const NS_PER_MS = 1e6;

/** xorshift32, as in bench/limits/file-read.c. */
let state = 2_463_534_242;
function nextRandom(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

const plan = readPlan<FilePlan>();
const loop = plan.side === 'wakeline' ? EventLoop.attach() : undefined;

/** A buffer for one read; aligned to a page, as O_DIRECT asks. */
function createBlock(): Buffer {
  const functions = native();
  if (typeof functions === 'string') throw new Error(functions);
  const memory = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES);
  const start = (BLOCK_BYTES - (functions.memory.address(memory) % BLOCK_BYTES)) % BLOCK_BYTES;
  return memory.subarray(start, start + BLOCK_BYTES);
}

type ReadAt = (buffer: Buffer, position: number) => Promise<number>;

async function openForReads({ side, path, isDirect }: Plan<'random'>): Promise<ReadAt> {
  const flags = constants.O_RDONLY | (isDirect ? constants.O_DIRECT : 0);
  if (side === 'wakeline') {
    const file = await loop!.open(path, flags);
    return (buffer, position) => file.read(buffer, { position });
  }
  const handle = await promises.open(path, flags);
  return async (buffer, position) => (await handle.read(buffer, 0, BLOCK_BYTES, position)).bytesRead;
}

async function readRandomly(random: Plan<'random'>): Promise<(items: number) => Promise<void>> {
  const blocks = Math.floor(statSync(random.path).size / BLOCK_BYTES);
  const buffers = Array.from({ length: IN_FLIGHT }, createBlock);
  if (random.side === 'callbacks') {
    const fd = openSync(random.path, 'r');
    return (items) => withCallbacks(fd, buffers, blocks, items);
  }
  const readAt = await openForReads(random);
  return async (items) => {
    let left = items;
    const reader = async (buffer: Buffer): Promise<void> => {
      while (left-- > 0) assertWhole(await readAt(buffer, (nextRandom() % blocks) * BLOCK_BYTES));
    };
    await Promise.all(buffers.map(reader));
  };
}

function withCallbacks(fd: number, buffers: Buffer[], blocks: number, items: number): Promise<void> {
  let left = items;
  let active = buffers.length;
  return new Promise((resolve, reject) => {
    for (const buffer of buffers) {
      const next = (): void => {
        if (left-- <= 0) return void (--active === 0 && resolve());
        readWithCallback(
          fd,
          buffer,
          0,
          BLOCK_BYTES,
          (nextRandom() % blocks) * BLOCK_BYTES,
          (error, bytes) => {
            if (error !== null) return reject(error);
            assertWhole(bytes);
            next();
          },
        );
      };
      next();
    }
  });
}

function assertWhole(bytes: number): void {
  if (bytes !== BLOCK_BYTES) throw new Error(`a read came up short: ${bytes}`);
}

async function readSequentially({ side, path, chunkBytes, reuse }: Plan<'sequential'>): Promise<void> {
  const { size } = statSync(path);
  let bytes = 0;
  if (side === 'wakeline') {
    const file = await loop!.open(path);
    for await (const chunk of file.readable({ chunkBytes, reuse })) bytes += chunk.length;
    await file.close();
  } else {
    const stream = createReadStream(path, { highWaterMark: chunkBytes });
    await new Promise<void>((resolve, reject) => {
      stream.on('data', (chunk) => {
        bytes += chunk.length;
      });
      stream.once('end', resolve).once('error', reject);
    });
  }
  if (bytes !== size) throw new Error(`${bytes} of ${size} bytes were read`);
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function readWholeFiles(side: FileSide, paths: readonly string[]): Promise<number> {
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < paths.length) {
      const path = paths[next++];
      if (side === 'wakeline') await loop!.readFile(path);
      else await promises.readFile(path);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, reader));
  return paths.length;
}

async function measure(run: () => Promise<number>): Promise<FileResult> {
  const before = process.cpuUsage();
  const beginMs = performance.now();
  const items = await run();
  const wallNs = ((performance.now() - beginMs) * NS_PER_MS) / items;
  const { user, system } = process.cpuUsage(before);
  return { cpuNs: ((user + system) * NS_PER_US) / items, wallNs };
}

async function run(): Promise<FileResult> {
  if (plan.job === 'random') {
    const read = await readRandomly(plan);
    await read(Math.ceil(plan.reads / 5));
    return measure(async () => {
      await read(plan.reads);
      return plan.reads;
    });
  }
  if (plan.job === 'sequential') {
    for (let pass = 0; pass < WARM_UP_PASSES; pass++) await readSequentially(plan);
    return measure(async () => {
      for (let pass = 0; pass < plan.passes; pass++) await readSequentially(plan);
      return (plan.passes * statSync(plan.path).size) / MIB;
    });
  }
  const { side } = plan;
  const paths = pathsIn(plan.folder);
  await readWholeFiles(side, paths);
  return measure(() => readWholeFiles(side, paths));
}

reportResult(await run());
process.exit();
