import type { BytePath } from '../io/index.js';
import type { ChannelHandle, LoopStats } from '../loop/index.js';
import type { IdlePreset } from '../scheduler/index.js';

/**
 * Digests that a thread has made, a line for each: `<number of the job> <bytes> <sha256>`. Jobs are numbered from 0 in the
 * order in which they were sent to the thread; a string passes a channel without structured clone.
 */
export type DigestLines = string;

/** A file that a thread could not read. */
export interface DigestFailure {
  /** The number of the job. */
  readonly job: number;
  readonly code: string;
  readonly message: string;
}

/** What a thread's loop has done, sent as the thread's last message. */
export type ThreadStats = Pick<LoopStats, 'backend' | 'waiter' | 'wakes' | 'syscalls'>;

/** What a thread sends. */
export type DigestAnswer = DigestLines | DigestFailure | { readonly stats: ThreadStats };

/** What a digest thread is started with: it reads the files that come from `jobs`, each by its path. */
export interface DigestThreadData {
  /** How far the thread has come, see `attachSafely`. */
  readonly words: Int32Array;
  readonly jobs: ChannelHandle<'receiver', BytePath>;
  readonly answers: ChannelHandle<'sender', DigestAnswer>;
  readonly idle: IdlePreset;
}

/** Picks what is reported of a loop. */
export function threadStats({ backend, waiter, wakes, syscalls }: LoopStats): ThreadStats {
  return { backend, waiter, wakes, syscalls };
}

/** Writes the line of one digest. */
export function digestLine(job: number, bytes: number, sha256: string): DigestLines {
  return `${job} ${bytes} ${sha256}`;
}

/** Writes several lines as one. */
export function joinLines(lines: readonly DigestLines[]): DigestLines {
  return lines.join('\n');
}

/** Reads lines, and hands on what each says. */
export function parseLines(
  lines: DigestLines,
  onDigest: (job: number, bytes: number, sha256: string) => void,
): void {
  for (const line of lines.split('\n')) {
    const [job, bytes, sha256] = line.split(' ');
    onDigest(Number(job), Number(bytes), sha256);
  }
}
