import { createHash } from 'node:crypto';

/** One digest for a set of digests in any order: equal sets have equal ones. */
export function combineDigests(digests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of [...digests].sort()) hash.update(digest);
  return hash.digest('hex');
}
