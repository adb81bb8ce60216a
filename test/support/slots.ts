import { HookAnswer, type LoopHook, type Native } from 'wakeline/ffi';
import { registryWords, Slot, slotBase } from 'wakeline/wake';

/** A slot of the registry, published as a loop's would be, but without a loop. */
export interface OpenSlot {
  readonly slot: number;
  readonly generation: number;
  readonly eventFd: number;
  /** Index of the slot's first word in the registry. */
  readonly base: number;
  readonly hook: LoopHook;
  close(): void;
}

/** Claims and publishes a slot. */
export function openSlot(native: Native): OpenSlot {
  // Without it the kernel refuses the fence of the slot's end, which then sleeps a millisecond instead.
  native.fence.register();
  const slot = native.hooks.claimSlot();
  if (slot < 0) throw new Error(`no slot: ${slot}`);
  const hook = native.hooks.open(slot, native.uv.address, () => HookAnswer.poll);
  native.hooks.publishSlot(slot);
  const registry = registryWords(native);
  const base = slotBase(slot);
  return {
    slot,
    generation: registry[base + Slot.generation],
    eventFd: registry[base + Slot.eventFd],
    base,
    hook,
    close: () => hook.close(),
  };
}
