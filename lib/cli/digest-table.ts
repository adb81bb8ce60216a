import Table from 'cli-table3';
import type { DigestTotals } from './digest-report.js';

const plain = { head: [], border: [] };

/** The report for people: what was done, and how each thread's loop was woken. */
export function digestTable({ files, bytes, errors, seconds, threads }: DigestTotals): string {
  const totals = new Table({
    head: ['files', 'bytes', 'errors', 'seconds'],
    style: plain,
  });
  totals.push([files, bytes, errors, seconds.toFixed(3)].map(numberCell));
  const loops = new Table({
    head: [
      'thread',
      'backend',
      'waiter',
      'woken awake',
      'in spin',
      'in umwait',
      'in the kernel',
      'system calls',
    ],
    style: plain,
  });
  for (const { name, backend, waiter, wakes, syscalls } of threads) {
    const counts = [wakes.awake, wakes.spin, wakes.umwait, wakes.kernel, syscalls].map(numberCell);
    loops.push([name, backend, waiter, ...counts]);
  }
  return `${totals}\n${loops}\n`;
}

const numberCell = (content: number | string) => ({
  content,
  hAlign: 'right' as const,
});
