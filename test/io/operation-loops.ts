import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { EventLoop, type EventLoopOptions } from 'wakeline';
import { loopKinds } from '../support/loops.js';

/** The kinds of loop that have a ring, by name. */
export const ringKinds: Readonly<Record<string, EventLoopOptions>> = Object.fromEntries(
  Object.entries(loopKinds).filter(([, { backend }]) => backend === 'uring'),
);

/** The kinds with native code, with which fds and children can be waited for. */
export const nativeKinds: Readonly<Record<string, EventLoopOptions>> = {
  ...Object.fromEntries(Object.entries(loopKinds).filter(([, { backend }]) => backend !== 'portable')),
  'uring without WAITID': { backend: 'uring', withoutOpcodes: ['WAITID'] },
};

/** What a test of I/O works with. */
export interface Place {
  readonly loop: EventLoop;
  /** An empty directory. */
  readonly folder: string;
  /** The path of a name in it. */
  at(name: string): string;
  /** Does something at the end of the test, before the directory is removed. */
  atEnd(end: () => void): void;
  /** Makes a FIFO there, and keeps a writing end of it open. */
  makeFifo(name: string): { readonly path: string; write(text: string): void; closeWriter(): void };
}

/** A loop of one kind, and an empty directory, for each test. */
export function usePlace(kind: string): () => Place {
  let place: Place;
  const open = new Set<number>();
  const ends: (() => void)[] = [];
  beforeEach(() => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeline-io-'));
    const at = (name: string): string => path.join(folder, name);
    place = {
      loop: EventLoop.attach(loopKinds[kind] ?? nativeKinds[kind]),
      folder,
      at,
      atEnd: (end) => void ends.push(end),
      makeFifo(name) {
        execFileSync('mkfifo', [at(name)]);
        const fd = fs.openSync(at(name), fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
        open.add(fd);
        return {
          path: at(name),
          write: (text) => void fs.writeSync(fd, text),
          closeWriter: () => {
            open.delete(fd);
            fs.closeSync(fd);
          },
        };
      },
    };
  });
  afterEach(async () => {
    await place.loop.close();
    for (const fd of open) fs.closeSync(fd);
    open.clear();
    for (const end of ends.splice(0)) end();
    fs.rmSync(place.folder, { recursive: true });
  });
  return () => place;
}

/** A buffer full of a byte that nobody else writes. */
export function canary(lengthBytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(lengthBytes)).fill(0xc5);
}

/** Whether every byte is as `canary` left it. */
export function isIntact(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0xc5);
}
