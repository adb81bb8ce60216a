import { expect, test } from 'vitest';
import { poolFile, runPoolFile, runProcess } from './run-process.js';

/** Functions on a task's way that know what a task looks like. */
const onTasksWay = 'done|settle|onRecord|onTaskOver|post|Task|_Task';

test('a collection in an idle pool leaves the code that V8 has optimised for tasks', async () => {
  const { code, output } = await runProcess(poolFile('collection-process'), {
    nodeFlags: ['--expose-gc', '--trace-opt', '--trace-deopt'],
  });
  const linesOf = (pattern: RegExp) => output.split('\n').filter((line) => pattern.test(line));
  expect(code).toBe(0);
  expect(linesOf(new RegExp(`completed optimizing .*<JSFunction (${onTasksWay}) `))).not.toEqual([]);
  expect(linesOf(new RegExp(`<SharedFunctionInfo (${onTasksWay})>.*weak objects`))).toEqual([]);
});

test('an idle pool holds nothing that its last task was given or gave, nor what asynchronous storage had for it', async () => {
  const held = await runPoolFile<string[]>('held-process', { nodeFlags: ['--expose-gc'] });
  expect(held).toEqual([]);
});
