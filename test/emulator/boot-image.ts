import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../support/project.js';
import { GuestMemory } from './guest-memory.js';
import type { KernelImage } from './kernel-image.js';

/** Where the kernel finds its initramfs, and what it is told. */
export interface BootParameters {
  readonly kernel: KernelImage;
  readonly initramfsBytes: number;
  readonly commandLine: string;
}

const FLOPPY_BYTES = 1_474_560;
const SECTOR_BYTES = 512;
/** Where the firmware loads it. */
const BOOT_SECTOR_ADDRESS = '0x7c00';
const MIB = 1024 * 1024;

/**
 * Writes what Bochs lays into guest memory so that a kernel starts in long mode at once, without a boot loader or a disk:
 * kernel.bin, low.bin and boot.img, a floppy whose boot sector jumps into the kernel.
 */
export function writeBootImage(folder: string, parameters: BootParameters): void {
  mkdirSync(folder, { recursive: true });
  const { kernel } = parameters;
  writeFileSync(join(folder, 'kernel.bin'), kernel.text);
  writeFileSync(join(folder, 'low.bin'), lowMemory(parameters));
  const floppy = Buffer.alloc(FLOPPY_BYTES);
  bootSector(folder, kernel.entry).copy(floppy);
  writeFileSync(join(folder, 'boot.img'), floppy);
}

function lowMemory({ kernel, initramfsBytes, commandLine }: BootParameters): Buffer {
  if (GuestMemory.initramfs + initramfsBytes > GuestMemory.bytes - GuestMemory.top)
    throw new Error(`the initramfs is too large for the guest's memory: ${initramfsBytes} bytes`);
  const low = Buffer.alloc(GuestMemory.lowEnd - GuestMemory.low);
  writePageTables(low);
  writeParameters(low.subarray(GuestMemory.parameters - GuestMemory.low), kernel, initramfsBytes);
  const room = GuestMemory.lowEnd - GuestMemory.commandLine - 1;
  if (low.write(commandLine, GuestMemory.commandLine - GuestMemory.low, room, 'latin1') < commandLine.length)
    throw new Error(`the kernel's command line is too long: ${commandLine}`);
  return low;
}

/** Maps the first 4 GiB to themselves, in pages of 2 MiB. */
function writePageTables(low: Buffer): void {
  const entry = (table: number, index: number, address: number, flags: number): void => {
    low.writeBigUInt64LE(BigInt(address) | BigInt(flags), table - GuestMemory.low + 8 * index);
  };
  const [presentWritable, large] = [3, 0x80];
  const pointers = GuestMemory.pageTables + 0x1000;
  entry(GuestMemory.pageTables, 0, pointers, presentWritable);
  for (let gib = 0; gib < 4; gib++) {
    const directory = pointers + 0x1000 * (gib + 1);
    entry(pointers, gib, directory, presentWritable);
    for (let page = 0; page < 512; page++)
      entry(directory, page, gib * 1024 * MIB + page * 2 * MIB, presentWritable | large);
  }
}

/** `struct boot_params`: offsets from Documentation/arch/x86/zero-page.rst. */
function writeParameters(page: Buffer, kernel: KernelImage, initramfsBytes: number): void {
  kernel.header.copy(page, 0x1f1);
  page[0x210] = 0xff; // type_of_loader: none that is known
  page[0x211] |= 1; // loadflags: LOADED_HIGH
  page.writeUInt32LE(GuestMemory.initramfs, 0x218);
  page.writeUInt32LE(initramfsBytes, 0x21c);
  page.writeUInt32LE(GuestMemory.commandLine, 0x228);
  const [usable, reserved, firmwareTables] = [1, 2, 3];
  const top = GuestMemory.bytes - 0x10000;
  const areas = [
    [0, 0x9f000, usable],
    [0x9f000, 0x1000, reserved],
    [0xe0000, 0x20000, reserved],
    [MIB, top - MIB, usable],
    [top, 0x10000, firmwareTables],
    [0xfec00000, 0x1000, reserved],
    [0xfee00000, 0x1000, reserved],
    [0xfffc0000, 0x40000, reserved],
  ];
  page[0x1e8] = areas.length;
  areas.forEach(([start, bytes, type], index) => {
    const at = 0x2d0 + 20 * index;
    page.writeBigUInt64LE(BigInt(start), at);
    page.writeBigUInt64LE(BigInt(bytes), at + 8);
    page.writeUInt32LE(type, at + 16);
  });
}

function bootSector(folder: string, entry: number): Buffer {
  const source = join(projectFolder, 'test', 'emulator', 'boot-sector.s');
  const object = join(folder, 'boot-sector.o');
  const symbols = { PAGE_TABLES: GuestMemory.pageTables, PARAMETERS: GuestMemory.parameters, ENTRY: entry };
  const given = Object.entries(symbols).flatMap(([name, value]) => ['--defsym', `${name}=${value}`]);
  execFileSync('as', ['--64', ...given, '-o', object, source]);
  const binary = join(folder, 'boot-sector.bin');
  const layout = ['-m', 'elf_x86_64', `-Ttext=${BOOT_SECTOR_ADDRESS}`, '--oformat', 'binary'];
  execFileSync('ld', [...layout, '-o', binary, object]);
  const sector = readFileSync(binary);
  if (sector.length !== SECTOR_BYTES) throw new Error(`the boot sector has ${sector.length} bytes`);
  return sector;
}
