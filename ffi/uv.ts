import type { Koffi, Libraries } from './koffi.js';

/** What the runtime needs of libuv: the loop of this thread, and looks at it. */
export interface UvLoop {
  /** Address of the thread's `uv_loop_t`. */
  readonly address: number;
  /** libuv's own epoll fd. */
  readonly backendFd: number;
  /**
   * Milliseconds that libuv would wait now: 0 not at all, −1 without limit. Only meaningful in a prepare hook. It is 0
   * as well when fds wait to be added to libuv's epoll set: then libuv adds them, *and may block all the same*.
   */
  backendTimeoutMs(): number;
  /** Whether anything keeps libuv's loop from ending. */
  isAlive(): boolean;
  /** Makes libuv read the clock again: after a wait outside libuv, its timers would be late otherwise. */
  updateTime(): void;
}

/** Declares libuv's functions for the calling thread. */
export function declareUvLoop({ koffi, host }: Libraries): UvLoop {
  const address = threadLoop(
    koffi,
    host.func('int napi_get_uv_event_loop(void *env, _Out_ uintptr_t *loop)'),
  );
  const backendFd = host.func('int uv_backend_fd(uintptr_t loop)');
  const backendTimeout = host.func('int uv_backend_timeout(uintptr_t loop)');
  const loopAlive = host.func('int uv_loop_alive(uintptr_t loop)');
  const updateTime = host.func('void uv_update_time(uintptr_t loop)');
  return {
    address,
    backendFd: backendFd(address),
    backendTimeoutMs: () => backendTimeout(address),
    isAlive: () => loopAlive(address) !== 0,
    updateTime: () => updateTime(address),
  };
}

function threadLoop(koffi: Koffi, getLoop: (env: unknown, out: [number]) => number): number {
  const out: [number] = [0];
  const status = getLoop(koffi.node.env, out);
  if (status !== 0) throw new Error(`napi_get_uv_event_loop failed with status ${status}`);
  return out[0];
}
