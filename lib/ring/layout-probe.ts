import { CACHE_LINE_BYTES } from './ring-descriptor.js';
import type { RingLayout } from './ring-layout.js';

/** What the layout probe found. */
export interface WakeWordPlace {
  /** Offset of the wake word in bytes; undefined when the tail's line has no free word. */
  readonly wakeWord: number | undefined;
  /** Whether sq_flags lies in the tail's line, so that one monitored line shows both. */
  readonly flagsInLine: boolean;
}

const WORD_BYTES = 4;

const lineOf = (offset: number): number => offset - (offset % CACHE_LINE_BYTES);

/** Offsets that the kernel uses in the header, as far as it names them. */
function takenWords(layout: RingLayout): Set<number> {
  const { sqHead, sqTail, sqRingMask, sqRingEntries, sqFlags, sqDropped } = layout;
  const { cqHead, cqTail, cqRingMask, cqRingEntries, cqOverflow, cqFlags } = layout;
  return new Set([
    ...[sqHead, sqTail, sqRingMask, sqRingEntries, sqFlags, sqDropped],
    ...[cqHead, cqTail, cqRingMask, cqRingEntries, cqOverflow, cqFlags],
  ]);
}

/**
 * Picks the wake word: a word in the completion tail's cache line that the kernel does not use.
 *
 * Neither place is ABI, so all offsets that `io_uring_setup` returned are marked as taken and the rest of the line is
 * free, up to where the entries begin. On kernels before 6.6 that gives tail+4, the word that Avi Kivity's patch of 2019
 * proposed; since 6.6 it gives the first padding word after the header's last field. A hole *between* two named fields
 * is not trusted unless it follows the tail itself in a line of its own: the kernel may keep something there that it
 * does not name.
 * The header itself must begin at a cache line, which page-aligned memory does.
 */
export function findWakeWord(layout: RingLayout): WakeWordPlace {
  const line = lineOf(layout.cqTail);
  const flagsInLine = lineOf(layout.sqFlags) === line;
  const end = Math.min(line + CACHE_LINE_BYTES, layout.cqes >= line ? layout.cqes : line + CACHE_LINE_BYTES);
  const array = layout.sqArray;
  const taken = takenWords(layout);
  const isFree = (offset: number): boolean => {
    const inArray = array !== undefined && offset >= array && offset < array + layout.sqEntries * WORD_BYTES;
    return !taken.has(offset) && !inArray;
  };
  const lastTaken = Math.max(...[...taken].filter((offset) => lineOf(offset) === line));
  const candidate = lastTaken + WORD_BYTES;
  return { wakeWord: candidate < end && isFree(candidate) ? candidate : undefined, flagsInLine };
}
