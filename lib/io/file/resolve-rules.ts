import { outOfRange, wrongType } from '../../loop/index.js';

/** `RESOLVE_*` of linux/openat2.h. */
const bits = {
  /** No way leads out of the mounted file system. */
  noMounts: 0x01,
  /** No link of /proc, which leads anywhere. */
  noMagicLinks: 0x02,
  /** No symbolic link at all. */
  noSymlinks: 0x04,
  /** No way leads out of the directory; one that would is an error (EXDEV). */
  beneath: 0x08,
  /** The directory is the root: `/` and `..` stay in it. */
  inRoot: 0x10,
} as const;

/** What a path may not lead through. */
export type ResolveRule = keyof typeof bits;

/**
 * The rules as the kernel takes them.
 * @throws {TypeError | RangeError} when there is no such rule
 */
export function checkRules(rules: readonly ResolveRule[]): number {
  const known = Object.keys(bits).join(', ');
  if (!Array.isArray(rules)) throw wrongType('resolve', `an array of ${known}`, rules);
  for (const rule of rules)
    if (!Object.hasOwn(bits, rule)) throw outOfRange('resolve', `made of ${known}`, rule);
  return (rules as readonly ResolveRule[]).reduce((sum, rule) => sum | bits[rule], 0);
}
