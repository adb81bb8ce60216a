import type { Libraries } from './koffi.js';

/** The part of a loop that outlives JavaScript: its slot in the registry and its prepare hook with clean-up. */
export interface LoopHooks {
  /** Address of `struct wl_registry` (loop-slot.h); it is never freed. */
  readonly registryAddress: number;
  /** Takes a free slot; returns its index, −1 when all are taken, or −errno − 1. */
  claimSlot(): number;
  /** Lets posters find the loop: its generation becomes odd. */
  publishSlot(slot: number): void;
  /**
   * Starts calling `onPrepare` before each of libuv's polls (unreferenced), and registers the clean-up.
   * `onPrepare` must not throw: no caller could catch it.
   */
  open(slot: number, uvLoop: number, onPrepare: () => void): LoopHook;
}

/** An open hook. */
export interface LoopHook {
  /** Address of `struct wl_ring` (hook-descriptor.ts): what the clean-up must close. */
  readonly address: number;
  /** While referenced, the hook keeps libuv's loop alive. */
  ref(): void;
  unref(): void;
  /** Closes hook, slot and ring; posters are waited for. Not to be called from `onPrepare`. */
  close(): void;
}

/** Declares the hook's functions. */
export function declareLoopHooks({ koffi, own }: Libraries): LoopHooks {
  const prepareType = koffi.pointer(koffi.proto('void (void *handle)'));
  const open = own.func('wl_hook_open', 'uintptr_t', ['void *', 'uintptr_t', 'uintptr_t', 'int']);
  const close = own.func('void wl_hook_close(uintptr_t hook)');
  const ref = own.func('void wl_hook_ref(uintptr_t hook)');
  const unref = own.func('void wl_hook_unref(uintptr_t hook)');
  return {
    registryAddress: own.func('uintptr_t wl_registry()')(),
    claimSlot: own.func('int wl_slot_claim()'),
    publishSlot: own.func('void wl_slot_publish(int slot)'),
    open(slot, uvLoop, onPrepare) {
      const callback = koffi.register(onPrepare, prepareType);
      const address: number = open(koffi.node.env, uvLoop, callback, slot);
      if (address === 0) throw new Error('libuv refused the prepare hook');
      return {
        address,
        ref: () => ref(address),
        unref: () => unref(address),
        close: () => {
          close(address);
          koffi.unregister(callback);
        },
      };
    },
  };
}
