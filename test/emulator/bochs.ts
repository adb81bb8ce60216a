import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { patchBochs } from './bochs-patches.js';
import type { Cache } from './cache.js';
import { DebianArchive } from './debian-archive.js';
import { assertThere, buildNeeds, fetchNeeds } from './needs.js';
import { runCommand } from './run-command.js';

/** Debian 13 has Bochs 3.0, the first release that executes UMONITOR, UMWAIT and TPAUSE. */
const RELEASE = 'trixie';
const VERSION = '3.0';
/** Part of the name in the cache: change it when the build changes. */
const BUILD = 2;
const NEEDS_MIB = 1000;

const configuration = [
  ...['--enable-x86-64', '--enable-smp', '--enable-cpu-level=6', '--enable-avx', '--enable-evex'],
  ...['--enable-all-optimizations', '--enable-pci', '--enable-monitor-mwait', '--with-nogui'],
  ...['--disable-docbook', '--disable-plugins', '--disable-debugger'],
  // It logs in a signal handler, and hangs for good when the signal comes while something else is being logged.
  '--disable-show-ips',
  // Its own flags are -g -O2: larger to compile, and a seventh slower to run.
  ...['CFLAGS=-O3', 'CXXFLAGS=-O3'],
];

/** The emulator's program. The first time it is built, in about 90 s on two CPUs. */
export async function getBochs(cache: Cache, say: (text: string) => void): Promise<string> {
  const make = async (into: string): Promise<void> => {
    assertThere([...fetchNeeds, ...buildNeeds]);
    say(`building Bochs ${VERSION} (once, about 90 s on two CPUs)`);
    await build(into);
  };
  const isWhole = (whole: string): boolean => existsSync(programIn(whole));
  return programIn(await cache.get(`bochs-${VERSION}-build-${BUILD}`, NEEDS_MIB, make, isWhole));
}

const programIn = (folder: string): string => join(folder, 'bochs');

async function build(folder: string): Promise<void> {
  const source = join(folder, 'source');
  mkdirSync(source);
  const archive = await DebianArchive.open(folder, RELEASE, 'deb-src');
  await archive.downloadSource('bochs');
  const tarball = readdirSync(folder).find(
    (name) => name.startsWith(`bochs_${VERSION}`) && /\.tar\.\w+$/.test(name),
  );
  if (tarball === undefined) throw new Error(`Debian ${RELEASE} has no source of Bochs ${VERSION}`);
  await runCommand('tar', ['-xf', tarball, '-C', source, '--strip-components=1'], { folder });
  patchBochs(source);
  await runCommand('./configure', configuration, { folder: source });
  await runCommand('make', [`-j${availableParallelism()}`], { folder: source, limitS: 1200 });
  await runCommand('strip', ['bochs'], { folder: source });
  renameSync(join(source, 'bochs'), programIn(folder));
  for (const name of readdirSync(folder))
    if (name !== 'bochs') rmSync(join(folder, name), { recursive: true });
}
