import type { SystemCalls, UvLoop } from '../../ffi/index.js';
import type { Counters } from '../stats/index.js';
import type { WakeLine } from '../wake/index.js';
import type { IdleSettings } from './idle-settings.js';
import type { KernelWait } from './kernel-wait.js';
import type { MailboxPoller } from './mailbox-poller.js';
import type { Nap } from './nap.js';
import type { RingPoller } from './ring-poller.js';
import type { SleepState } from './sleep-state.js';
import type { Waiter } from './waiter.js';

/** What a scheduler is made of. */
export interface SchedulerParts {
  readonly uv: UvLoop;
  readonly system: SystemCalls;
  readonly line: WakeLine;
  readonly waiter: Waiter;
  readonly idle: IdleSettings;
  readonly counters: Counters;
  readonly sleep: SleepState;
  readonly kernelWait: KernelWait;
  readonly mailbox: MailboxPoller;
  /** Undefined in backend `epoll`. */
  readonly ring: RingPoller | undefined;
  /** Undefined where a sleep takes more than the hook can do by itself. */
  readonly nap: Nap | undefined;
  /** The ring as one that counts what was reaped so far: the completion tail that is no news. 0 in backend `epoll`. */
  readonly completions: { readonly reaped: number };
  /** Longest run of turns before libuv gets its turn, in milliseconds. */
  readonly taskQuotaMs: number;
  readonly keepAlive: {
    /** Lets go of the process when nothing is pending; called before each idling. Returns whether it did. */
    sync(): boolean;
    /** The same, but lets the hook do it, once nothing else keeps libuv's loop alive. */
    offer(): void;
  };
}
