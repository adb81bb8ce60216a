import { Mailbox } from '../queue/index.js';
import type { IdleSettings } from '../scheduler/index.js';
import { CounterIndex, type Counters, createCounters, nowMs } from '../stats/index.js';
import { End } from './channel-descriptor.js';
import { KeepAlive } from './keep-alive.js';
import type { LoopCore } from './loop-core.js';
import type { ResolvedOptions } from './options.js';
import { rememberChannel } from './portable-deaths.js';

/** Far enough away that it never comes; a timer that is only there to keep libuv's loop alive. */
const NEVER_MS = 2 ** 31 - 1;
const NS_PER_MS = 1e6;
const LOOKS_PER_CLOCK = 32;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: false; value: string } | { async: true; value: Promise<string> };
const waitAsync = (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync;

/** One end of a channel, as its bell is waited for. */
class Watch {
  isWaiting = false;
  isClosed = false;
  readonly words: Int32Array;
  readonly end: number;
  readonly hasMail: () => boolean;

  constructor(words: Int32Array, end: number, hasMail: () => boolean) {
    this.words = words;
    this.end = end;
    this.hasMail = hasMail;
  }
}

/**
 * A loop without native code. Each open end of a channel is waited for by `Atomics.waitAsync`, whose promise does not
 * keep Node's loop alive: a timer does, while anything is pending.
 */
export class PortableCore implements LoopCore {
  readonly backend = 'portable';
  readonly waiter = 'none';
  readonly kernelWait = 'libuv';
  readonly reason: string;
  readonly counters: Counters = createCounters();
  readonly mailbox = new Mailbox();
  readonly keepAlive = new KeepAlive();
  readonly inflow = undefined;
  readonly poster = undefined;
  readonly slot = -1;
  readonly generation = -1;
  readonly ring = undefined;
  readonly operations = undefined;
  readonly watcher = undefined;
  readonly withoutOpcodes = [];
  readonly #watches: Watch[] = [];
  readonly #idle: IdleSettings;
  readonly #taskQuotaMs: number;
  #turnIsScheduled = false;
  #isClosed = false;
  #wokenBy: number = CounterIndex.wakesAwake;

  constructor(options: ResolvedOptions, reason: string) {
    this.reason = reason;
    this.#idle = options.idle;
    this.#taskQuotaMs = options.taskQuotaNs / NS_PER_MS;
    let timer: NodeJS.Timeout | undefined;
    this.keepAlive.setHolder({
      ref: () => {
        timer ??= setInterval(() => {}, NEVER_MS);
      },
      unref: () => {
        clearInterval(timer);
        timer = undefined;
      },
    });
  }

  settleCounters(): void {}

  requestLook(): void {
    this.#scheduleTurn();
  }

  /** No thread tells of its end without native code: see portable-deaths.ts. */
  onPeerDeath(): void {}

  watchBell(words: Int32Array, end: number, hasMail: () => boolean): void {
    rememberChannel(words.buffer as SharedArrayBuffer);
    const watch = new Watch(words, end, hasMail);
    this.#watches.push(watch);
    this.#wait(watch);
  }

  unwatchBell(words: Int32Array, end: number): void {
    const at = this.#watches.findIndex((watch) => watch.words === words && watch.end === end);
    if (at < 0) return;
    const [watch] = this.#watches.splice(at, 1);
    watch.isClosed = true;
    // Ends the wait that is still open, so that nothing of it outlives the channel.
    Atomics.notify(words, end + End.bell);
  }

  #wait(watch: Watch): void {
    if (watch.isClosed) return;
    const { words, end } = watch;
    // What a full batch or the task quota left over rings no bell again.
    if (watch.hasMail()) return this.#scheduleTurn();
    if (watch.isWaiting) return;
    const value = Atomics.load(words, end + End.bell);
    // A full fence between saying so and the look: a poster that does not see it has published before the look.
    Atomics.store(words, end + End.isWaiting, 1);
    if (watch.hasMail()) return this.#scheduleTurn();
    const wait = waitAsync(words, end + End.bell, value);
    if (!wait.async) return this.#scheduleTurn();
    watch.isWaiting = true;
    wait.value.then(() => {
      watch.isWaiting = false;
      if (watch.isClosed) return;
      Atomics.store(words, end + End.isWaiting, 0);
      this.#wokenBy = CounterIndex.wakesKernel;
      this.#scheduleTurn();
    });
  }

  #scheduleTurn(): void {
    if (this.#turnIsScheduled || this.#isClosed) return;
    this.#turnIsScheduled = true;
    setImmediate(() => {
      this.#turnIsScheduled = false;
      if (!this.#isClosed) this.#run();
    });
  }

  #run(): void {
    const quotaEndMs = nowMs() + this.#taskQuotaMs;
    try {
      do {
        const delivered = this.mailbox.deliver();
        this.counters[CounterIndex.messagesReceived] += delivered;
        if (delivered > 0) {
          this.counters[CounterIndex.turns]++;
          this.counters[this.#wokenBy]++;
        }
        (process as { _tickCallback?: () => void })._tickCallback?.();
      } while (this.#linger(quotaEndMs));
    } finally {
      this.#wokenBy = CounterIndex.wakesAwake;
      this.keepAlive.sync();
      for (const watch of [...this.#watches]) this.#wait(watch);
    }
  }

  /** Spins a little for more. */
  #linger(quotaEndMs: number): boolean {
    const untilMs = Math.min(quotaEndMs, nowMs() + this.#idle.spinNs / NS_PER_MS);
    do {
      for (let look = 0; look < LOOKS_PER_CLOCK; look++) {
        if (!this.mailbox.hasMail()) continue;
        if (nowMs() >= quotaEndMs) return false;
        this.#wokenBy = CounterIndex.wakesSpin;
        return true;
      }
    } while (nowMs() < untilMs);
    return false;
  }

  async close(): Promise<void> {
    await new Promise(setImmediate);
    this.#isClosed = true;
    this.keepAlive.setHolder(undefined);
    for (const watch of this.#watches.splice(0)) {
      watch.isClosed = true;
      Atomics.notify(watch.words, watch.end + End.bell);
    }
  }
}
