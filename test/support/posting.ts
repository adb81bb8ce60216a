import { onTestFinished, type TestContext } from 'vitest';
import type { Native } from 'wakeline/ffi';
import { type Counters, createCounters } from 'wakeline/stats';
import { type Doorbell, Fence, Poster, registryWords, Slot } from 'wakeline/wake';
import { nativeOrSkip } from './native.js';
import { type OpenSlot, openSlot } from './slots.js';

/** A slot that is posted to, and how. */
export interface Posting {
  readonly native: Native;
  readonly registry: Int32Array;
  readonly target: OpenSlot;
  readonly poster: Poster;
  readonly doorbell: Doorbell;
  readonly counters: Counters;
}

/** A target without a ring, and a poster to it. */
export function openPosting(context: TestContext): Posting {
  const native = nativeOrSkip(context);
  const target = openSlot(native);
  const own = openSlot(native);
  onTestFinished(() => own.close());
  const counters = createCounters();
  const poster = new Poster(native, own.slot, counters);
  const registry = registryWords(native);
  registry[target.base + Slot.fence] = Fence.poster;
  const doorbell = poster.doorbell(target.slot, target.generation);
  return { native, registry, target, poster, doorbell, counters };
}
