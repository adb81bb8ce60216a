/** Layout of `struct statx` (linux/stat.h): offsets in bytes. */
export const Statx = {
  mask: 0,
  blockBytes: 4,
  links: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  inode: 32,
  size: 40,
  blocks: 48,
  accessTime: 64,
  birthTime: 80,
  changeTime: 96,
  modificationTime: 112,
  specialMajor: 128,
  specialMinor: 132,
  deviceMajor: 136,
  deviceMinor: 140,
  lengthBytes: 256,
} as const;

/** Layout of `struct statx_timestamp`. */
export const StatxTime = { seconds: 0, nanoseconds: 8 } as const;

/** `STATX_BASIC_STATS | STATX_BTIME`. */
export const STATX_MASK = 0x7ff | 0x800;

/** Flags of statx (linux/fcntl.h). */
export const AtFlag = { SYMLINK_NOFOLLOW: 0x100, REMOVEDIR: 0x200, EMPTY_PATH: 0x1000 } as const;
