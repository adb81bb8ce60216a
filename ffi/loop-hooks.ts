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

/** What libuv's own poll can watch for a loop. */
export const Watch = { event: 0, ring: 1 } as const;

/** An open hook. */
export interface LoopHook {
  /** Address of `struct wl_ring` (hook-descriptor.ts): what the clean-up must close. */
  readonly address: number;
  /** While referenced, the hook keeps libuv's loop alive. */
  ref(): void;
  unref(): void;
  /**
   * Lets libuv's poll wake the loop (unreferenced): by its eventfd, which is drained by that, and by its ring.
   * @param onWoken must not throw; receives a value of `Watch`
   */
  watch(eventFd: number, ringFd: number | undefined, onWoken: (watch: number) => void): void;
  /** Closes hook, watches, slot and ring; posters are waited for. Not to be called from `onPrepare`. */
  close(): void;
}

/** Declares the hook's functions. */
export function declareLoopHooks({ koffi, own }: Libraries): LoopHooks {
  const prepareType = koffi.pointer(koffi.proto('void (void *handle)'));
  const wokenType = koffi.pointer(koffi.proto('void (int watch)'));
  const watch = own.func('wl_hook_watch', 'int', ['uintptr_t', 'int', 'int', 'uintptr_t']);
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
      const callbacks = [callback];
      return {
        address,
        watch(eventFd, ringFd, onWoken) {
          const woken = koffi.register(onWoken, wokenType);
          callbacks.push(woken);
          const fds: [number, number | undefined][] = [
            [Watch.event, eventFd],
            [Watch.ring, ringFd],
          ];
          for (const [kind, fd] of fds) {
            if (fd !== undefined && watch(address, kind, fd, woken) < 0) throw new Error('libuv refused to poll');
          }
        },
        ref: () => ref(address),
        unref: () => unref(address),
        close: () => {
          close(address);
          for (const one of callbacks) koffi.unregister(one);
        },
      };
    },
  };
}
