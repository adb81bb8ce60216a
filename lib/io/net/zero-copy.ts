import type { NetAddress } from './net-address.js';
import type { ResolvedSocketOptions } from './socket-options.js';

/** Pinning pages and the second completion cost about what copying so many bytes does, or more (docs/decisions/014). */
const DEFAULT_ZERO_COPY_BYTES = 65_536;

/**
 * From which size on writes to an address are sent without copying.
 * @param address of the other end, or of a listener whose connections are meant
 */
export function zeroCopyThreshold({ zeroCopyBytes }: ResolvedSocketOptions, address: NetAddress): number {
  if ('path' in address || zeroCopyBytes === 0) return Number.POSITIVE_INFINITY;
  if (zeroCopyBytes !== undefined) return zeroCopyBytes;
  const isHere = address.address.startsWith('127.') || address.address === '::1';
  return isHere ? Number.POSITIVE_INFINITY : DEFAULT_ZERO_COPY_BYTES;
}
