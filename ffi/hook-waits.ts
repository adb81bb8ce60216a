import type { Libraries } from './koffi.js';

/** Words of one entry that `take` writes: the wait's number, and which events hold (`EPOLL*`, the same bits as `POLL*`). */
export const ReadyDescriptor = { number: 0, events: 1, words: 2 } as const;

/** What an open hook waits for through libuv's poll, besides the loop's own words; `hook` is its address. */
export interface HookWaits {
  /**
   * Tells `HookEvent.descriptors` once one of the events holds of an fd, whoever closes it meanwhile.
   * @param number names the wait; small, since the hook keeps a table
   * @returns 0 or `-errno`: `-EPERM` for what is no subject of waiting, a regular file for example
   */
  wait(hook: number, number: number, fd: number, events: number): number;
  endWait(hook: number, number: number): void;
  /** Ends the waits whose events hold, and writes them down, at most so many. Returns how many. */
  take(hook: number, readyAddress: number, most: number): number;
  /** Tells `HookEvent.child` after each SIGCHLD, or no longer. Returns 0 or `-errno`. */
  watchChildren(hook: number, isWanted: boolean): number;
}

/** Declares the waits. */
export function declareHookWaits({ own }: Libraries): HookWaits {
  const children = own.func('wl_hook_children', 'int', ['uintptr_t', 'int']);
  return {
    wait: own.func('wl_hook_wait', 'int', ['uintptr_t', 'uint32_t', 'int', 'uint32_t']),
    endWait: own.func('void wl_hook_end_wait(uintptr_t hook, uint32_t number)'),
    take: own.func('wl_hook_take', 'int', ['uintptr_t', 'uintptr_t', 'int']),
    watchChildren: (hook, isWanted) => children(hook, isWanted ? 1 : 0),
  };
}
