import { closeSync, openSync, writeSync } from 'node:fs';

/** One entry of an archive. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** Type and permissions, as in `stat`. */
  readonly mode: number;
  /** A file's content, or where a symbolic link points to. */
  readonly content?: Buffer;
  /** Of a device. */
  readonly device?: readonly [major: number, minor: number];
}

/** Types of entries, to be combined with permissions. */
export const EntryType = {
  folder: 0o040000,
  file: 0o100000,
  link: 0o120000,
  characterDevice: 0o020000,
} as const;

/** Archives begin at such an offset when they follow each other. */
const ALIGNMENT_BYTES = 4096;

const padding = (length: number, alignment: number): Buffer => Buffer.alloc(-length & (alignment - 1));

/** The header in front of an entry ("newc": Documentation/driver-api/early-userspace/buffer-format.rst). */
function header(entry: CpioEntry, inode: number): Buffer {
  const [major, minor] = entry.device ?? [0, 0];
  const name = `${entry.path}\0`;
  const fields = [inode, entry.mode, 0, 0, 1, 0, entry.content?.length ?? 0, 0, 0, major, minor];
  const numbers = [...fields, Buffer.byteLength(name), 0];
  const text = `070701${numbers.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}`;
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, padding(bytes.length, 4)]);
}

/**
 * Writes an archive that the kernel unpacks as its root file system.
 * @returns its length in bytes, a multiple of 4096
 */
export function writeCpio(path: string, entries: Iterable<CpioEntry>): number {
  const fd = openSync(path, 'w');
  let length = 0;
  const write = (bytes: Buffer): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    length += bytes.length;
  };
  try {
    let inode = 1;
    for (const entry of entries) {
      write(header(entry, inode++));
      if (entry.content !== undefined) {
        write(entry.content);
        write(padding(length, 4));
      }
    }
    write(header({ path: 'TRAILER!!!', mode: 0 }, 0));
    write(padding(length, ALIGNMENT_BYTES));
  } finally {
    closeSync(fd);
  }
  return length;
}
