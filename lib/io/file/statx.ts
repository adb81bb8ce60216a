import { BigIntFileStats, FileStats } from './file-stats.js';
import { Statx, StatxTime } from './statx-descriptor.js';

const NS_PER_SECOND = 1_000_000_000n;

/** A device's number as `st_dev` and `st_rdev` have it (glibc, sys/sysmacros.h). */
function deviceNumber(major: number, minor: number): number {
  const low = (minor & 0xff) + (major & 0xfff) * 2 ** 8;
  return low + (minor >>> 8) * 2 ** 20 + (major >>> 12) * 2 ** 44;
}

function milliseconds(statx: Buffer, time: number): number {
  const seconds = Number(statx.readBigInt64LE(time + StatxTime.seconds));
  return seconds * 1e3 + statx.readUInt32LE(time + StatxTime.nanoseconds) / 1e6;
}

function nanoseconds(statx: Buffer, time: number): bigint {
  const rest = BigInt(statx.readUInt32LE(time + StatxTime.nanoseconds));
  return statx.readBigInt64LE(time + StatxTime.seconds) * NS_PER_SECOND + rest;
}

/** What the kernel wrote to a `struct statx`. */
export function statsOf(statx: Buffer): FileStats {
  return new FileStats({
    dev: deviceNumber(statx.readUInt32LE(Statx.deviceMajor), statx.readUInt32LE(Statx.deviceMinor)),
    mode: statx.readUInt16LE(Statx.mode),
    nlink: statx.readUInt32LE(Statx.links),
    uid: statx.readUInt32LE(Statx.uid),
    gid: statx.readUInt32LE(Statx.gid),
    rdev: deviceNumber(statx.readUInt32LE(Statx.specialMajor), statx.readUInt32LE(Statx.specialMinor)),
    blksize: statx.readUInt32LE(Statx.blockBytes),
    ino: Number(statx.readBigUInt64LE(Statx.inode)),
    size: Number(statx.readBigUInt64LE(Statx.size)),
    blocks: Number(statx.readBigUInt64LE(Statx.blocks)),
    atimeMs: milliseconds(statx, Statx.accessTime),
    mtimeMs: milliseconds(statx, Statx.modificationTime),
    ctimeMs: milliseconds(statx, Statx.changeTime),
    birthtimeMs: milliseconds(statx, Statx.birthTime),
  });
}

/** The same as bigints. */
export function bigIntStatsOf(statx: Buffer): BigIntFileStats {
  const { dev, mode, nlink, uid, gid, rdev, blksize } = statsOf(statx);
  return new BigIntFileStats({
    dev: BigInt(dev),
    mode: BigInt(mode),
    nlink: BigInt(nlink),
    uid: BigInt(uid),
    gid: BigInt(gid),
    rdev: BigInt(rdev),
    blksize: BigInt(blksize),
    ino: statx.readBigUInt64LE(Statx.inode),
    size: statx.readBigUInt64LE(Statx.size),
    blocks: statx.readBigUInt64LE(Statx.blocks),
    atimeNs: nanoseconds(statx, Statx.accessTime),
    mtimeNs: nanoseconds(statx, Statx.modificationTime),
    ctimeNs: nanoseconds(statx, Statx.changeTime),
    birthtimeNs: nanoseconds(statx, Statx.birthTime),
  });
}
