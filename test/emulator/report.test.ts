import { expect, test } from 'vitest';
import { type GuestEvent, linePrefix, type TestEvent } from './protocol.js';
import { GuestReport } from './report.js';

const file = 'test/some.test.ts';
const lineOf = (event: GuestEvent): string => `${linePrefix}${JSON.stringify(event)}`;
const ended = (name: string, state: TestEvent['state'], text = ''): GuestEvent => ({
  event: 'test',
  file,
  name,
  state,
  text,
});
const begin: GuestEvent = { event: 'begin', file };
const end = (status: number): GuestEvent => ({ event: 'end', file, status });
const over: GuestEvent = { event: 'over' };

/** What a report makes of a guest that says this. */
function reportOf(lines: readonly (GuestEvent | string)[], reason = 'it ended early') {
  const printed: string[] = [];
  const report = new GuestReport('[guest]', [file], (line) => printed.push(line));
  for (const line of lines) report.onLine(typeof line === 'string' ? line : lineOf(line), 0);
  report.end(reason);
  return { ...report.totals, printed: printed.join('\n') };
}

test('tests are counted as they ended, and each is printed with its reason', () => {
  const events = [
    begin,
    ended('adds', 'pass'),
    ended('divides', 'fail', 'by zero'),
    ended('roots', 'skip', 'no roots'),
  ];
  const { printed, ...totals } = reportOf([...events, end(0), over]);
  expect(totals).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(printed).toMatch(/✓ adds\n.*× divides\n.*by zero\n.*↓ roots \(no roots\)/);
});

test('other lines of the console are passed on', () => {
  expect(reportOf(['[ 0.1] a kernel speaks']).printed).toMatch(/^\[guest\] \| \[ 0.1\] a kernel speaks/);
});

test('a guest that stops in the middle has failed, and so have the files that it did not end', () => {
  const { printed, ...totals } = reportOf([begin, { event: 'start', name: 'hangs' }], 'its limit was over');
  expect(totals).toEqual({ passed: 0, failed: 2, skipped: 0 });
  expect(printed).toMatch(/its limit was over; the last test to begin was: hangs/);
  expect(printed).toMatch(/× test\/some.test.ts\n.*it was not run/);
});

test('a process that dies has failed, whatever its tests said', () => {
  const { printed, ...totals } = reportOf([begin, ended('adds', 'pass'), end(139), over]);
  expect(totals).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(printed).toMatch(/it ended with status 139/);
});

test('a file without tests has failed', () => {
  expect(reportOf([begin, end(0), over])).toMatchObject({ passed: 0, failed: 1 });
});

test('a line of the report that cannot be read is a failure', () => {
  const { failed, printed } = reportOf([
    `${linePrefix}{"event":"te`,
    begin,
    ended('adds', 'pass'),
    end(0),
    over,
  ]);
  expect(failed).toBe(1);
  expect(printed).toMatch(/it cannot be read: #wakeline \{"event":"te/);
});
