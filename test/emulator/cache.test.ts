import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountSmall, resizeSmall, unmountSmall } from '../support/small-file-system.js';
import { Cache, cacheFolder } from './cache.js';
import { runCommand } from './run-command.js';

const MIB = 1024 * 1024;

/** More than any disk has. */
const TOO_MUCH_MIB = 2 ** 40;

function openCache(): Cache {
  const folder = mkdtempSync(join(tmpdir(), 'wakeline-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return new Cache(join(folder, 'cache'));
}

async function makeFile(folder: string): Promise<void> {
  writeFileSync(join(folder, 'file'), 'whole');
}

async function makeLarge(folder: string): Promise<void> {
  writeFileSync(join(folder, 'large'), Buffer.alloc(2 * MIB));
}

test('a thing is made once, and found from then on', async () => {
  const cache = openCache();
  const made = await cache.get('thing', 1, makeFile);
  expect(readFileSync(join(made, 'file'), 'utf8')).toBe('whole');
  const found = await cache.get('thing', 1, () => Promise.reject(new Error('made again')));
  expect(found).toBe(made);
});

test('a thing whose making failed leaves nothing, and the error says what, where and why', async () => {
  const cache = openCache();
  const make = async (folder: string): Promise<void> => {
    await makeFile(folder);
    throw new Error('the compiler is out of sorts');
  };
  const failed = cache.get('thing', 1, make);
  await expect(failed).rejects.toThrow(
    `thing could not be made in ${cache.folder}: the compiler is out of sorts`,
  );
  expect(readdirSync(cache.folder)).toEqual([]);
});

test('what a killed run has left is not taken for the thing, and is removed', async () => {
  const cache = openCache();
  const left = join(cache.folder, `thing.unfinished-${2 ** 30}`);
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'file'), 'half');
  const made = await cache.get('thing', 1, makeFile);
  expect(readFileSync(join(made, 'file'), 'utf8')).toBe('whole');
  expect(existsSync(left)).toBe(false);
});

test('a folder that has lost the thing is thrown away, and the thing is made again', async () => {
  const cache = openCache();
  const isWhole = (folder: string): boolean => existsSync(join(folder, 'file'));
  const made = await cache.get('thing', 1, makeFile, isWhole);
  renameSync(join(made, 'file'), join(made, 'rest'));
  expect(await cache.get('thing', 1, makeFile, isWhole)).toBe(made);
  expect(readdirSync(made)).toEqual(['file']);
  expect(readdirSync(cache.folder)).toEqual(['thing']);
});

test('what a run that still lives is making is left alone', async () => {
  const cache = openCache();
  const others = join(cache.folder, `thing.unfinished-${process.ppid}`);
  mkdirSync(others, { recursive: true });
  await cache.get('thing', 1, makeFile);
  expect(existsSync(others)).toBe(true);
});

test('two that make the same thing at once both have it', async () => {
  const cache = openCache();
  let isMadeByOther = false;
  const slow = await cache.get('thing', 1, async (folder) => {
    await makeFile(folder);
    mkdirSync(join(cache.folder, 'thing'));
    isMadeByOther = true;
  });
  expect([slow, isMadeByOther]).toEqual([join(cache.folder, 'thing'), true]);
});

test('without room, nothing is begun, and the error says how much is needed', async () => {
  const cache = openCache();
  const made = cache.get('thing', TOO_MUCH_MIB, () => Promise.reject(new Error('begun')));
  await expect(made).rejects.toThrow(new RegExp(`it needs ${TOO_MUCH_MIB} MiB, and \\d+ are free`));
});

const fillings: [who: string, fill: (folder: string) => Promise<void>, told: RegExp][] = [
  ['a write of its own', makeLarge, /^ENOSPC: no space left on device, write$/m],
  [
    'a command',
    // A make that goes on with other files says much after what matters.
    async (folder) => {
      await runCommand('sh', ['-c', 'head -c 2M /dev/zero >half; seq 100; exit 1'], { folder });
    },
    /^sh failed with status 1:$/m,
  ],
];

for (const [who, fill, told] of fillings) {
  test(`when ${who} fills the disk in the middle, nothing is left, the error says so, and the next run makes it`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'wakeline-cache-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const cache = new Cache(join(folder, 'cache'));
    mountSmall(context, cache.folder, 1);
    onTestFinished(() => unmountSmall(cache.folder));
    const failed = cache.get('thing', 1, fill);
    await expect(failed).rejects.toThrow(
      `thing could not be made in ${cache.folder}: the disk became full (it needs 1 MiB). Make room, or`,
    );
    await expect(failed).rejects.toThrow(told);
    expect(readdirSync(cache.folder)).toEqual([]);
    resizeSmall(cache.folder, 4);
    const made = await cache.get('thing', 1, makeLarge);
    expect(statSync(join(made, 'large')).size).toBe(2 * MIB);
  });
}

test('a folder that cannot be made is an error that names it', async () => {
  const cache = new Cache(join(process.execPath, 'cache'));
  await expect(cache.get('thing', 1, makeFile)).rejects.toThrow(
    `thing could not be made in ${cache.folder}: ENOTDIR`,
  );
});

test('the folder is the option, or the variable, or in the user’s cache folder', () => {
  const before = { ...process.env };
  onTestFinished(() => {
    process.env = before;
  });
  process.env.XDG_CACHE_HOME = '/cache';
  delete process.env.WAKELINE_EMULATOR_CACHE;
  expect(cacheFolder(undefined)).toBe('/cache/wakeline-emulator');
  process.env.WAKELINE_EMULATOR_CACHE = '/variable';
  expect(cacheFolder(undefined)).toBe('/variable');
  expect(cacheFolder('/option')).toBe('/option');
});
