import type { Operations } from './operations.js';
import type { Ring } from './ring.js';

/**
 * Makes room for a link: the next two starts, if nothing comes between them, reach the kernel by one call, so that
 * `shiftedSqeFlags.linked` in the first means the second.
 * @returns false when they would not: the queue is full, and the kernel takes nothing now
 */
export function reserveLink(ring: Ring, operations: Operations): boolean {
  const room = ring.layout.sqEntries - 2;
  if (ring.pending > room) ring.submit();
  return ring.pending <= room && !operations.hasDeferred;
}
