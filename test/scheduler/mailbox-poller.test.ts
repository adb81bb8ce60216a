import { expect, onTestFinished, test } from 'vitest';
import { HookAnswer } from 'wakeline/ffi';
import { Mailbox } from 'wakeline/queue';
import { MailboxPoller } from 'wakeline/scheduler';
import { createCounters } from 'wakeline/stats';
import { registryWords, WakeLine } from 'wakeline/wake';
import { nativeOrSkip } from '../support/native.js';
import { openSlot } from '../support/slots.js';

test('a loop that is being attached while another one ends finds that out by a look', (context) => {
  const native = nativeOrSkip(context);
  // Not published yet: whoever ends does not ring it.
  const slot = native.hooks.claimSlot();
  const hook = native.hooks.open(slot, native.uv.address, () => HookAnswer.poll);
  onTestFinished(() => hook.close());
  const line = new WakeLine(native, slot, undefined);
  let told = 0;
  const poller = new MailboxPoller(
    line,
    new Mailbox(),
    registryWords(native),
    createCounters(),
    () => told++,
  );
  expect(poller.look()).toBe(false);
  openSlot(native).close();
  expect(line.hasPost()).toBe(false);
  expect(poller.look()).toBe(true);
  poller.poll();
  expect(told).toBe(1);
  expect(poller.look()).toBe(false);
});
