import { describe, expect, test } from 'vitest';
import { loopKinds } from '../../support/loops.js';
import { usePlace } from '../operation-loops.js';

for (const kind of Object.keys(loopKinds)) {
  describe(`on a loop of kind ${kind}`, () => {
    const place = usePlace(kind);

    test('sleeps no shorter than asked, for fractions of a millisecond too', async () => {
      for (const ms of [0, 0.1, 0.7, 3, 12.5]) {
        const start = performance.now();
        await place().loop.sleep(ms);
        expect(performance.now() - start).toBeGreaterThanOrEqual(ms - 0.001);
      }
    });

    test('of a thousand sleeps at once, each takes its own time', async () => {
      const short = Array.from({ length: 1000 }, async (_, index) => {
        const [ms, start] = [(index * 7919) % 40, performance.now()];
        await place().loop.sleep(ms);
        return performance.now() - start - ms;
      });
      expect(Math.min(...(await Promise.all(short)))).toBeGreaterThanOrEqual(-0.001);
    });

    test('a sleep that is aborted ends at once, with the reason', async () => {
      const controller = new AbortController();
      const sleep = place().loop.sleep(1e9, { signal: controller.signal });
      setTimeout(() => controller.abort('enough'), 2);
      await expect(sleep).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'enough' });
      await expect(place().loop.sleep(0, { signal: controller.signal })).rejects.toMatchObject({
        code: 'ABORT_ERR',
      });
    });

    test('the loop that closes ends its sleeps', async () => {
      const sleep = place().loop.sleep(1e9);
      const deadline = place().loop.deadline(Date.now() + 1e9);
      const outcomes = Promise.allSettled([sleep, deadline]);
      await place().loop.close();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ reason: { code: 'ERR_WAKELINE_CLOSED' } });
      }
    });

    test('a deadline comes when the clock shows it, and at once if it is over', async () => {
      const at = Date.now() + 15;
      await place().loop.deadline(at);
      expect(Date.now()).toBeGreaterThanOrEqual(at);
      await place().loop.deadline(new Date(at));
      await place().loop.deadline(0);
      await place().loop.deadline(-5);
    });

    test('an interval keeps its pace, and leaves out the ticks that nobody waited for', async () => {
      const start = performance.now();
      const ticks: number[] = [];
      for await (const tick of place().loop.interval(4)) {
        expect(performance.now() - start).toBeGreaterThanOrEqual(4 * tick - 0.001);
        ticks.push(tick);
        if (ticks.length === 3) {
          const end = performance.now() + 20;
          while (performance.now() < end);
        }
        if (ticks.length === 6) break;
      }
      expect(ticks.every((tick, index) => index === 0 || tick > ticks[index - 1])).toBe(true);
      expect(ticks[3] - ticks[2]).toBeGreaterThanOrEqual(4);
    });

    test('an interval that is aborted ends with an AbortError', async () => {
      const controller = new AbortController();
      const count = async (): Promise<void> => {
        for await (const tick of place().loop.interval(1, { signal: controller.signal })) {
          if (tick >= 3) controller.abort();
        }
      };
      await expect(count()).rejects.toMatchObject({ code: 'ABORT_ERR' });
    });

    test('times that are none are refused by name', async () => {
      for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(place().loop.sleep(bad)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
      }
      for (const bad of [undefined, '5', null] as never[]) {
        await expect(place().loop.sleep(bad)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
      }
      expect(() => place().loop.interval(0)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    });
  });
}
