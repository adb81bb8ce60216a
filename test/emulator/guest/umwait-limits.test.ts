import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { dozing, expectWake } from '../../support/idle-stages.js';
import { IdleThread, idleOrders } from '../../support/idle-thread.js';

/** The operating system's limit on UMWAIT, for all CPUs. */
const folder = '/sys/devices/system/cpu/umwait_control';

interface Setting {
  readonly name: string;
  /** Longest UMWAIT in ticks of the time-stamp counter; 0: no limit. A multiple of 4. */
  readonly max_time: number;
  /** Whether the deeper state may be used. */
  readonly enable_c02: 0 | 1;
}

const settings: readonly Setting[] = [
  { name: 'the default limit', max_time: 100_000, enable_c02: 1 },
  { name: 'no limit', max_time: 0, enable_c02: 1 },
  { name: 'a limit of a microsecond', max_time: 2000, enable_c02: 1 },
  { name: 'the default limit and no C0.2', max_time: 100_000, enable_c02: 0 },
  { name: 'no limit and no C0.2', max_time: 0, enable_c02: 0 },
];

const read = (name: string): number => Number(readFileSync(`${folder}/${name}`, 'utf8'));

function assertControl(context: TestContext): void {
  if (!existsSync(folder)) context.skip('this kernel or CPU has no umwait_control');
}

test('the kernel’s own limit is 100,000 ticks, with C0.2 allowed', (context) => {
  assertControl(context);
  expect([read('max_time'), read('enable_c02')]).toEqual([100_000, 1]);
});

describe('with umwait_control set to', () => {
  let thread: IdleThread | undefined;
  beforeAll(async () => {
    if (existsSync(folder)) thread = await IdleThread.start(dozing({ waiter: 'umwait' }));
  });
  afterAll(() => thread?.close());

  for (const setting of settings) {
    test(`${setting.name}, a loop that dozes is woken by everything that is to wake it`, async (context) => {
      assertControl(context);
      for (const name of ['max_time', 'enable_c02'] as const) {
        writeFileSync(`${folder}/${name}`, String(setting[name]));
        expect(read(name)).toBe(setting[name]);
      }
      for (const order of idleOrders) await expectWake(thread!, order);
    });
  }
});
