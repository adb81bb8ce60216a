import { readFileSync } from 'node:fs';
import { createRequire } from './create-require.js';
import type { Libraries } from './koffi.js';
import { moduleUrl } from './package-folder.js';

/** The part of a loop that outlives JavaScript: its slot in the registry and its prepare hook with clean-up. */
export interface LoopHooks {
  /** Address of `struct wl_registry` (loop-slot.h); it is never freed. */
  readonly registryAddress: number;
  /** Takes a free slot; returns its index, −1 when all are taken, or −errno − 1. */
  claimSlot(): number;
  /** Lets posters find the loop: its generation becomes odd. */
  publishSlot(slot: number): void;
  /**
   * Starts calling `onEvent` before each of libuv's polls (unreferenced), and registers the clean-up.
   * @param onEvent receives a value of `HookEvent`, and for `prepare` how many milliseconds libuv would wait (0 not at all,
   * −1 without limit; see `UvLoop.backendTimeoutMs`). It returns one of `HookAnswer`, or when it ran turns an array with the error
   * that a callback threw: it becomes an uncaught exception. It must not throw itself: no caller could catch it
   */
  open(slot: number, uvLoop: number, onEvent: OnHookEvent): LoopHook;
}

/** What a hook calls. */
export type OnHookEvent = (event: number, timeoutMs: number) => number | readonly [unknown];

/** What a hook tells. */
export const HookEvent = {
  /** libuv is about to poll. */
  prepare: 0,
  /** Run turns now, as an ordinary callback: libuv's poll found the loop's eventfd readable, and has drained it ... */
  eventFd: 1,
  /** ... or the ring ... */
  ring: 2,
  /** ... or `prepare` was answered with `turn`. */
  turn: 3,
  /** libuv's poll found one of the fds ready that the hook waits for (hook-waits.ts) ... */
  descriptors: 4,
  /** ... or SIGCHLD has come. */
  child: 5,
  /** Run turns now, as an ordinary callback: the hook slept by itself, and was woken. */
  woken: 6,
} as const;

/** What the function answers to `prepare`: let libuv poll, or tell `turn` and then `prepare` once more. */
export const HookAnswer = { poll: 0, turn: 1 } as const;

/** An open hook. */
export interface LoopHook {
  /** Address of `struct wl_ring` (hook-descriptor.ts): what the clean-up must close. */
  readonly address: number;
  /** While referenced, the hook keeps libuv's loop alive. */
  ref(): void;
  unref(): void;
  /** Lets libuv's poll tell of the loop's eventfd and of its ring too (unreferenced). */
  watch(eventFd: number, ringFd: number | undefined): void;
  /**
   * Lets the hook sleep by itself after a turn that ended at rest (`Slot.atRest`), and then tell `woken`.
   * @param nap address of a `struct wl_nap` (nap-descriptor.ts), which must stay as long as the hook
   */
  letNap(nap: number): void;
  /** Closes hook, watches, slot and ring; posters are waited for. Not to be called from `onEvent`. */
  close(): void;
}

/** Where `wl_hook_open` looks for the function; it is there only during the call. */
const FUNCTION_NAME = '__wakelineOnEvent';
const Watch = { event: 0, ring: 1 } as const;

/** Declares the hook's functions. */
export function declareLoopHooks({ koffi, own }: Libraries): LoopHooks {
  const open = own.func('wl_hook_open', 'uintptr_t', ['void *', 'uintptr_t', 'const char *', 'int']);
  const watch = own.func('wl_hook_watch', 'int', ['uintptr_t', 'int', 'int']);
  const close = own.func('void wl_hook_close(uintptr_t hook)');
  const letNap = own.func('wl_hook_let_nap', 'void', ['uintptr_t', 'uintptr_t']);
  const ref = own.func('void wl_hook_ref(uintptr_t hook)');
  const unref = own.func('void wl_hook_unref(uintptr_t hook)');
  return {
    registryAddress: own.func('uintptr_t wl_registry()')(),
    claimSlot: own.func('int wl_slot_claim()'),
    publishSlot: own.func('void wl_slot_publish(int slot)'),
    open(slot, uvLoop, onEvent) {
      const address: number = withGlobal(onEvent, () => open(koffi.node.env, uvLoop, FUNCTION_NAME, slot));
      if (address === 0) throw new Error('libuv refused the prepare hook');
      return {
        address,
        watch(eventFd, ringFd) {
          let status: number = watch(address, Watch.event, eventFd);
          if (status === 0 && ringFd !== undefined) status = watch(address, Watch.ring, ringFd);
          if (status < 0) throw new Error(`libuv refused to poll (${status})`);
        },
        ref: () => ref(address),
        unref: () => unref(address),
        letNap: (nap) => letNap(address, nap),
        close: () => close(address),
      };
    },
  };
}

/** Node's own global object, also when this module runs in another vm context. `node:vm` takes memory of each thread. */
function nodeGlobal(): typeof globalThis {
  const isHere = Object.getPrototypeOf(readFileSync) === Object.getPrototypeOf(nodeGlobal);
  if (isHere) return globalThis;
  const { runInThisContext } = createRequire(moduleUrl)('node:vm') as typeof import('node:vm');
  return runInThisContext('globalThis');
}

/** Puts a function where Node-API's `napi_get_global` finds it. */
function withGlobal<T>(value: OnHookEvent, use: () => T): T {
  const global = nodeGlobal() as Record<string, unknown>;
  Object.defineProperty(global, FUNCTION_NAME, { value, configurable: true });
  try {
    return use();
  } finally {
    delete global[FUNCTION_NAME];
  }
}
