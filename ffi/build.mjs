// Compiles the shared object with the system's C compiler. Runs at install time and at the end of `npm run build`.
// Without a compiler the package still works, in backend `portable`; so a failure here is a message, not an error,
// unless WAKELINE_REQUIRE_NATIVE=1 asks for one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const output = join(folder, '..', 'dist', 'ffi');
// Each architecture's file is empty on the others.
const loop = ['wakeline.c', 'descriptor-set.c', 'thread-fence.c', 'nap.c', 'kernel-wake.c'];
const ring = ['ring-enter.c', 'ring-release.c', 'kernel-workers.c'];
const names = [...loop, ...ring, 'cpu-wait.c', 'cpu-wait-x86.c', 'cpu-wait-arm64.c', 'cpu-trial.c'];
const sources = names.map((name) => join(folder, name));
const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-fPIC', '-shared'];
// The object must stay loaded while any thread lives: the clean-up of one environment may run after the environment
// that loaded it has closed it.
const linkFlags = ['-Wl,-z,nodelete'];

/** @param {string} reason what went wrong, in words for the person who installs */
function unavailable(reason) {
  const text = `wakeline: the native part was not built: ${reason}\nwakeline: it will run in backend 'portable' (slower, no io_uring, no UMWAIT). Install a C compiler (Debian: apt-get install gcc libc6-dev) and run: npm rebuild wakeline`;
  console.error(text);
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'not-built.txt'), reason);
  process.exit(process.env.WAKELINE_REQUIRE_NATIVE === '1' ? 1 : 0);
}

function build() {
  if (process.platform !== 'linux') return unavailable(`it needs Linux, this is ${process.platform}`);
  mkdirSync(output, { recursive: true });
  rmSync(join(output, 'not-built.txt'), { force: true });
  const target = join(output, 'wakeline.so');
  // Written aside and renamed: a running process keeps the inode that it has mapped.
  const aside = `${target}.${process.pid}`;
  const compiler = process.env.CC || 'cc';
  const run = spawnSync(compiler, [...flags, ...linkFlags, '-o', aside, ...sources], { encoding: 'utf8' });
  if (run.error)
    return unavailable(`no C compiler: '${compiler}' could not be started (${run.error.message})`);
  if (run.status !== 0 || !existsSync(aside)) {
    return unavailable(`'${compiler}' failed with status ${run.status}:\n${run.stderr}`);
  }
  renameSync(aside, target);
}

build();
