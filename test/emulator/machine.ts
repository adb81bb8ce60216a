import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestMemory } from './guest-memory.js';
import { HarnessError } from './harness-error.js';
import { cpuTimeS } from './process-time.js';

/** CPU models of Bochs that can be asked for, each with the rate of its time-stamp counter: guest time goes wrong otherwise. */
export const models = {
  sapphire_rapids: 2_200_000_000,
  arrow_lake: 4_185_600_000,
  ryzen: 3_400_000_000,
} as const;

/** Name of a CPU model. */
export type ModelName = keyof typeof models;

/** One emulated machine. */
export interface Machine {
  readonly bochs: string;
  /** Holds the boot image, and takes the logs. */
  readonly folder: string;
  readonly model: ModelName;
  readonly cpus: number;
  /** Archives that follow each other in memory, with their lengths: together the initramfs. */
  readonly archives: readonly (readonly [path: string, bytes: number])[];
  readonly limits: BootLimits;
}

/** The longest that a boot may take. */
export interface BootLimits {
  /** CPU time of the emulator's: a machine that others keep busy does not fail a boot. */
  readonly cpuS: number;
  /** Real time, so that nothing hangs. */
  readonly realS: number;
}

/** Takes a line of the serial console, and the CPU time that the emulator has used by then. */
export type OnLine = (line: string, cpuS: number) => void;

/** How a boot ended. */
export interface BootEnd {
  /** The limit that was over. */
  readonly late: keyof BootLimits | undefined;
  /** CPU time that the emulator used, as far as it was seen. */
  readonly usedCpuS: number;
  /** What Bochs itself said last. */
  readonly lastWords: string;
}

/**
 * The kernel's command line. `clearcpuid=fsrm`: without it 6.1 hangs in a loop of faults. `idle=nomwait`: the kernel's own
 * idling would disarm the monitors of other CPUs. `lsm=` and the rest save time.
 */
export const kernelArguments =
  'console=ttyS0,115200 quiet nokaslr mitigations=off no5lvl tsc=reliable no_timer_check lsm= audit=0 ' +
  'random.trust_cpu=on panic=-1 nowatchdog idle=nomwait clearcpuid=fsrm';

const MIB = 1024 * 1024;
const LOOK_MS = 100;
const LAST_LINES = 5;

function configuration({ model, cpus, archives }: Machine): string {
  let address: number = GuestMemory.initramfs;
  const images = [
    ['kernel.bin', GuestMemory.kernel],
    ['low.bin', GuestMemory.low],
    ...archives.map(([path, bytes]) => {
      address += bytes;
      return [path, address - bytes];
    }),
  ];
  return [
    'config_interface: textconfig',
    'display_library: nogui',
    `megs: ${GuestMemory.bytes / MIB}`,
    'romimage: file=/usr/share/bochs/BIOS-bochs-latest',
    'vgaromimage: file=/usr/share/vgabios/vgabios.bin',
    `cpu: model=${model}, count=${cpus}, ips=${models[model]}, quantum=16, reset_on_triple_fault=0, ignore_bad_msrs=1`,
    'clock: sync=none, time0=utc',
    ...images.map(
      ([file, at], index) => `optramimage${index + 1}: file=${file}, address=0x${at.toString(16)}`,
    ),
    'floppya: 1_44=boot.img, status=inserted',
    'boot: floppy',
    'com1: enabled=1, mode=file, dev=serial.log',
    'log: bochs.log',
    // The kernel reads registers that the model lacks, often: nothing but a panic is worth a line.
    ...['panic: action=fatal', 'error: action=ignore', 'info: action=ignore', 'debug: action=ignore'],
    '',
  ].join('\n');
}

/**
 * Boots a machine and runs it until it powers off, or a limit is over.
 * @throws {HarnessError} when the emulator cannot be started
 */
export async function boot(machine: Machine, onLine: OnLine): Promise<BootEnd> {
  const { folder, bochs, limits } = machine;
  const serial = join(folder, 'serial.log');
  writeFileSync(serial, '');
  rmSync(join(folder, 'boot.img.lock'), { force: true });
  writeFileSync(join(folder, 'bochsrc'), configuration(machine));
  const output = openSync(join(folder, 'bochs.out'), 'w');
  const child = spawn(bochs, ['-q', '-f', 'bochsrc'], { cwd: folder, stdio: ['ignore', output, output] });
  const stop = (): boolean => child.kill('SIGKILL');
  process.once('exit', stop);
  try {
    const [late, usedCpuS] = await follow(child, serial, limits, onLine);
    const words = readFileSync(join(folder, 'bochs.out'), 'utf8').trim().split('\n');
    return { late, usedCpuS, lastWords: words.slice(-LAST_LINES).join('\n') };
  } finally {
    stop();
    process.removeListener('exit', stop);
    closeSync(output);
  }
}

/** Hands out the serial console's lines as they come. Returns the limit that the process outlived, and its CPU time. */
async function follow(
  child: ChildProcess,
  serial: string,
  limits: BootLimits,
  onLine: OnLine,
): Promise<[BootEnd['late'], usedCpuS: number]> {
  const ended = once(child, 'exit').then(
    () => true,
    (error: Error) => {
      throw new HarnessError(`the emulator cannot be started: ${error.message}`);
    },
  );
  const lastMs = performance.now() + limits.realS * 1000;
  const fd = openSync(serial, 'r');
  const chunk = Buffer.alloc(65_536);
  let rest = '';
  let usedCpuS = 0;
  const read = (): void => {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      const lines = (rest + chunk.toString('latin1', 0, length)).split(/\r*\n/);
      rest = lines.pop()!;
      for (const line of lines) onLine(Buffer.from(line, 'latin1').toString(), usedCpuS);
    }
  };
  try {
    for (;;) {
      const isOver = await Promise.race([ended, sleep(LOOK_MS, false)]);
      usedCpuS = Math.max(usedCpuS, cpuTimeS(child.pid!));
      read();
      if (isOver) return [undefined, usedCpuS];
      if (usedCpuS > limits.cpuS) return ['cpuS', usedCpuS];
      if (performance.now() > lastMs) return ['realS', usedCpuS];
    }
  } finally {
    closeSync(fd);
  }
}
