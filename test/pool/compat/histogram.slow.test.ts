import { AsyncLocalStorage, createHook, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import { compare } from './compare.js';
import { settled } from './recorder.js';
import type { Pool, Wrong } from './subject.js';

/** What a summary looks like, and whether its numbers make sense. */
function summary(times: Wrong): unknown {
  if (times === undefined) return undefined;
  const percentiles = Object.keys(times)
    .filter((key) => key.startsWith('p'))
    .map((key) => times[key]);
  return {
    keys: Object.keys(times),
    isEmpty: Number.isNaN(times.mean),
    largest: times.max === 0 ? 0 : 'more',
    isOrdered:
      times.min <= times.max && percentiles.every((value, i) => i === 0 || value >= percentiles[i - 1]),
    isAverageTheMean: Object.is(times.average, times.mean),
  };
}

async function runSome(pool: Pool, milliseconds: number): Promise<void> {
  await Promise.all([1, 2, 3, 4].map(() => pool.run(milliseconds, { name: 'rest' })));
}

compare({
  'the pool keeps histograms of its times': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const { histogram } = made;
    const before = [summary(histogram.runTime), summary(histogram.waitTime), made.utilization];
    const begin = performance.now();
    await runSome(made, 20);
    // They are kept with three digits.
    const longestMs = (performance.now() - begin) * 1.01 + 1;
    const { runTime, waitTime } = histogram;
    const during = [summary(runTime), summary(waitTime)];
    // Four tasks of 20 ms, one after the other, and none longer than all of it: the times are milliseconds.
    const areMilliseconds = [
      runTime.min > 15,
      runTime.max < longestMs,
      waitTime.max > 40,
      waitTime.max < longestMs,
    ];
    histogram.resetRunTime();
    const afterRun = [summary(histogram.runTime), summary(histogram.waitTime)];
    histogram.resetWaitTime();
    const afterWait = [summary(histogram.waitTime), made.utilization];
    return { before, during, areMilliseconds, afterRun, afterWait, isOne: made.histogram === histogram };
  },
  'the histogram object looks the same': async ({ pool }) => {
    const { histogram } = pool({ minThreads: 0, maxThreads: 1 });
    return Object.keys(histogram).map((key) => {
      const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(histogram, key)!;
      return [key, typeof get, typeof set, enumerable, configurable];
    });
  },
  'without timing there are none': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1, recordTiming: false });
    await runSome(made, 1);
    made.histogram.resetRunTime();
    return [summary(made.histogram.runTime), summary(made.histogram.waitTime), made.utilization];
  },
  'utilization is what the run times say': async ({ pool }) => {
    const made = pool({ minThreads: 2, maxThreads: 2 });
    await runSome(made, 20);
    const before = made.duration;
    const { utilization } = made;
    const after = made.duration;
    const expected = (duration: number) => ((made.histogram.runTime.mean / 1000) * 4) / (duration * 2);
    return [
      utilization <= expected(before) * 1.0001,
      utilization >= expected(after) * 0.9999,
      utilization > 0,
    ];
  },
  'duration is the age of the pool': async ({ pool }) => {
    const begun = performance.now();
    const made = pool({ minThreads: 0, maxThreads: 1 });
    const madeMs = performance.now();
    const first = made.duration;
    await made.run(20, { name: 'rest' });
    const least = performance.now() - madeMs;
    const { duration } = made;
    const most = performance.now() - begun;
    return [first >= 0, duration > first + 15, duration >= least, duration <= most];
  },
  'tasks that were refused or aborted are not timed': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    await made.run(1, { signal: AbortSignal.abort() }).catch(() => {});
    await made.run(() => {}).catch(() => {});
    return [summary(made.histogram.runTime), summary(made.histogram.waitTime), made.completed];
  },
  'a task is an async resource of its own': async ({ pool }) => {
    const seen: Record<string, number> = { init: 0, before: 0, after: 0, destroy: 0, resolve: 0 };
    let id = 0;
    let trigger = 0;
    const hook = createHook({
      init: (asyncId, type, triggeredBy) => {
        if (type !== 'Piscina.Task') return;
        seen.init++;
        [id, trigger] = [asyncId, triggeredBy];
      },
      before: (asyncId) => {
        if (asyncId === id) seen.before++;
      },
      after: (asyncId) => {
        if (asyncId === id) seen.after++;
      },
      destroy: (asyncId) => {
        if (asyncId === id) seen.destroy++;
      },
      promiseResolve: () => {
        if (executionAsyncId() === id) seen.resolve++;
      },
    }).enable();
    const made = pool({ minThreads: 1, maxThreads: 1 });
    await made.run(1);
    await settled();
    hook.disable();
    return { seen, isTriggeredByPool: trigger === made.asyncResource.asyncId(), type: triggerAsyncId() >= 0 };
  },
  'the store of the caller is there when the task has ended': async ({ pool }) => {
    const made = pool({ minThreads: 1, maxThreads: 1 });
    const storage = new AsyncLocalStorage<number>();
    const seen: unknown[] = [];
    await Promise.all(
      [1, 2, 3].map((store) =>
        storage.run(store, () => made.run(store).then((value) => seen.push([value, storage.getStore()]))),
      ),
    );
    made.once('drain', () => seen.push(['drain', storage.getStore() === undefined]));
    return seen;
  },
});
