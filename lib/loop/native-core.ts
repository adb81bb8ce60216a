import { HookAnswer, HookDescriptor, HookEvent, type LoopHook, type Native } from '../../ffi/index.js';
import { Mailbox } from '../queue/index.js';
import { ignoredHandler, type OpcodeName, Operations, type Ring } from '../ring/index.js';
import { writeAddress } from '../ring/ring-memory.js';
import {
  chooseWaiter,
  describeUmwaitControl,
  Inflow,
  type KernelWait,
  MailboxPoller,
  Nap,
  type Poller,
  RingPoller,
  Scheduler,
  SleepState,
  Waiter,
  type WaiterName,
} from '../scheduler/index.js';
import { CounterIndex, type Counters, createCounters, nowMs } from '../stats/index.js';
import { chooseFence, Fence, Poster, registryWords, Slot, slotBase, WakeLine } from '../wake/index.js';
import { EnterWait } from './enter-wait.js';
import { WakelineError } from './errors.js';
import { HookWatcher } from './hook-watcher.js';
import { KeepAlive } from './keep-alive.js';
import { LibuvWait } from './libuv-wait.js';
import type { LoopCore } from './loop-core.js';
import type { BackendName, KernelWaitName, ResolvedOptions } from './options.js';

/** Longest wait for cancelled operations when a loop closes, in milliseconds. */
const CLOSE_LIMIT_MS = 2000;
const CANCEL_INTERVAL_MS = 20;

/** Operations that outlived their loop, with the memory that they refer to: it is never given back. */
const unfinished = new Set<Operations>();

/** A loop with native code: backend `uring` if it is given a ring, else `epoll`. */
export class NativeCore implements LoopCore {
  readonly backend: BackendName;
  readonly waiter: WaiterName;
  readonly kernelWait: KernelWaitName;
  readonly reason: string;
  readonly counters: Counters = createCounters();
  readonly mailbox = new Mailbox();
  readonly keepAlive = new KeepAlive();
  readonly inflow: Inflow;
  readonly poster: Poster;
  readonly slot: number;
  readonly generation: number;
  readonly ring: Ring | undefined;
  readonly operations: Operations | undefined;
  readonly withoutOpcodes: readonly OpcodeName[];
  #watcher: HookWatcher | undefined;
  readonly #native: Native;
  readonly #scheduler: Scheduler;
  readonly #mailboxPoller: MailboxPoller;
  readonly #ringPoller: RingPoller | undefined;
  readonly #kernelWait: KernelWait;
  readonly #hook: LoopHook;
  readonly #nap: Nap | undefined;
  readonly #deathCallbacks: (() => void)[] = [];

  /** @param reason why this backend, in words; the waiter's reason is added */
  constructor(native: Native, ring: Ring | undefined, options: ResolvedOptions, reason: string) {
    const { counters, mailbox } = this;
    const chosen = chooseWaiter(native.cpu.features);
    this.#native = native;
    this.ring = ring;
    this.inflow = new Inflow(ring?.canGather ? options.idle.gatherNs : 0);
    this.withoutOpcodes = options.withoutOpcodes;
    this.backend = ring === undefined ? 'epoll' : 'uring';
    this.waiter = options.waiter === 'auto' ? chosen.name : options.waiter;
    const whyWaiter = options.waiter === 'auto' ? chosen.reason : `waiter '${options.waiter}' was asked for`;
    this.reason = `${reason}; ${whyWaiter}${this.waiter === 'umwait' ? ` (${describeUmwaitControl()})` : ''}`;
    this.kernelWait = ring === undefined ? 'libuv' : options.kernelWait;
    this.slot = claimSlot(native);
    const registry = registryWords(native);
    const base = slotBase(this.slot);
    const eventFd = registry[base + Slot.eventFd];

    const line = new WakeLine(native, this.slot, ring);
    this.poster = new Poster(native, this.slot, counters);
    this.#mailboxPoller = new MailboxPoller(line, mailbox, registry, counters, () => this.#tellDeath());
    if (ring !== undefined) {
      ring.tellInFlight(registry, base + Slot.inFlight);
      this.operations = new Operations(ring, () => this.keepAlive.update());
      this.#ringPoller = new RingPoller(ring, this.operations, counters);
    }
    this.#kernelWait = this.#createKernelWait(eventFd);
    const pollers: Poller[] = this.#ringPoller
      ? [this.#ringPoller, this.#mailboxPoller]
      : [this.#mailboxPoller];
    const fence = chooseFence(native, options.fence);
    const nap = this.#createNap(line, fence);
    this.#nap = nap;
    this.#scheduler = new Scheduler({
      uv: native.uv,
      system: native.system,
      line,
      waiter: new Waiter(native, line, this.waiter, counters),
      idle: options.idle,
      counters,
      sleep: new SleepState(native, this.slot, fence, pollers, this.#mailboxPoller, counters),
      kernelWait: this.#kernelWait,
      mailbox: this.#mailboxPoller,
      ring: this.#ringPoller,
      nap,
      completions: ring ?? { reaped: 0 },
      taskQuotaMs: options.taskQuotaNs / 1e6,
      keepAlive: this.keepAlive,
    });
    this.#hook = native.hooks.open(this.slot, native.uv.address, this.#onHook);
    if (ring !== undefined) tellCleanUp(native, this.#hook, ring);
    if (nap !== undefined) this.#hook.letNap(nap.address);
    if (this.#kernelWait instanceof LibuvWait) this.#hook.watch(eventFd, ring?.fd);
    this.keepAlive.setHolder(this.#hook);
    native.hooks.publishSlot(this.slot);
    this.generation = registry[base + Slot.generation];
  }

  #createKernelWait(eventFd: number): KernelWait {
    const { operations, ring } = this;
    const poller = this.#ringPoller;
    if (
      this.kernelWait === 'enter' &&
      ring !== undefined &&
      operations !== undefined &&
      poller !== undefined
    ) {
      const wait = new EnterWait(this.#native, ring, operations, poller, eventFd, this.counters);
      this.keepAlive.operations = () => operations.active - ring.watching;
      return wait;
    }
    if (operations !== undefined) this.keepAlive.operations = () => operations.active;
    return new LibuvWait(this.#native, poller, this.counters);
  }

  /** The hook sleeps as posters that fence expect it. */
  #createNap(line: WakeLine, fence: number): Nap | undefined {
    const { ring, slot, keepAlive, counters, inflow } = this;
    const isFencedByPoster = fence === Fence.poster || fence === Fence.adaptive;
    if (!line.hasWakeWord || !isFencedByPoster) return undefined;
    const registry = registryWords(this.#native);
    const atRest = slotBase(slot) + Slot.atRest;
    ring?.tellPrepared(registry, atRest);
    keepAlive.tellHook(registry, atRest, slotBase(slot) + Slot.hold);
    const nap = new Nap(this.#native, slot, line, ring, counters, inflow);
    if (this.#kernelWait instanceof EnterWait) this.#kernelWait.tellEventData(nap.eventData);
    return nap;
  }

  /** Made by the first wait: most threads have none. */
  get watcher(): HookWatcher {
    this.#watcher ??= new HookWatcher(this.#native, this.#hook);
    return this.#watcher;
  }

  /**
   * The hook calls this from C, where an error would be lost. One that turns throw is the user's own: the hook makes it an uncaught
   * exception, inside the callback scope.
   */
  readonly #onHook = (event: number, timeoutMs: number): number | readonly [unknown] => {
    const scheduler = this.#scheduler;
    try {
      if (event === HookEvent.woken) scheduler.runAfterNap();
      else if (event === HookEvent.prepare)
        return scheduler.onPrepare(timeoutMs) ? HookAnswer.turn : HookAnswer.poll;
      else if (event === HookEvent.turn) scheduler.runInHook();
      else if (event === HookEvent.descriptors || event === HookEvent.child) this.#look(event);
      else {
        if (event === HookEvent.eventFd) this.counters[CounterIndex.callsDrain]++;
        scheduler.runInPoll();
      }
    } catch (error) {
      if (runsTurns(event)) return [error];
      setImmediate(() => {
        throw error;
      });
    }
    return HookAnswer.poll;
  };

  /** Nothing of the user's runs in here: what was found has its turn soon. */
  #look(event: number): void {
    if (event === HookEvent.descriptors) this.watcher.onDescriptors();
    else this.watcher.onChild();
    this.#scheduler.wokenByLibuv();
  }

  settleCounters(): void {
    this.#nap?.count();
  }

  #tellDeath(): void {
    for (const callback of this.#deathCallbacks) callback();
  }

  requestLook(): void {
    this.#mailboxPoller.requestLook();
    this.#scheduler.requestTurn();
  }

  onPeerDeath(callback: () => void): void {
    this.#deathCallbacks.push(callback);
  }

  watchBell(): void {}

  unwatchBell(): void {}

  async close(): Promise<void> {
    // Not inside a turn, whose remaining steps would look at memory that is gone.
    await new Promise(setImmediate);
    this.#scheduler.stop();
    this.keepAlive.setHolder(undefined);
    if (this.ring !== undefined) {
      this.#drainRing(this.ring);
      this.#native.kernelWorkers.keep();
    }
    this.#hook.close();
  }

  /** Cancels what is in flight, and lets every operation complete. */
  #drainRing(ring: Ring): void {
    const { operations } = this;
    const poller = this.#ringPoller;
    if (operations === undefined || poller === undefined) return;
    const limitMs = nowMs() + CLOSE_LIMIT_MS;
    let cancelMs = Number.NEGATIVE_INFINITY;
    while (operations.active > 0 && nowMs() < limitMs) {
      // Again now and then: a completion may have started another operation.
      if (nowMs() > cancelMs + CANCEL_INTERVAL_MS) {
        operations.cancelAll(ignoredHandler);
        cancelMs = nowMs();
      }
      poller.submit();
      if (!ring.hasWork() && ring.hasWaitTimeout) ring.wait(1);
      else ring.flush();
      poller.poll();
    }
    // What the kernel does not let go of, a read of a disk that hangs for example, it may still write to.
    if (operations.active > 0) unfinished.add(operations);
    this.counters[CounterIndex.callsEnter] = ring.enters;
  }
}

function runsTurns(event: number): boolean {
  return event !== HookEvent.prepare && event !== HookEvent.descriptors && event !== HookEvent.child;
}

function claimSlot(native: Native): number {
  const slot = native.hooks.claimSlot();
  if (slot >= 0) return slot;
  const why =
    slot === -1
      ? 'the process has as many loops as the registry holds'
      : `eventfd failed (errno ${-slot - 1})`;
  throw new WakelineError('ERR_WAKELINE_NO_SLOT', `no loop can be attached: ${why}`);
}

/** Writes down what the clean-up of this environment must close. */
function tellCleanUp(native: Native, hook: LoopHook, ring: Ring): void {
  const words = new Int32Array(native.memory.view(hook.address, HookDescriptor.lengthBytes));
  const { cqMask, cqHeadAddress, cqTailAddress, cqesAddress } = ring.closing;
  words[HookDescriptor.cqMask] = cqMask;
  writeAddress(words, HookDescriptor.cqHeadAddress, cqHeadAddress);
  writeAddress(words, HookDescriptor.cqTailAddress, cqTailAddress);
  writeAddress(words, HookDescriptor.cqesAddress, cqesAddress);
  ring.memory.mappings.forEach(([address, lengthBytes], index) => {
    writeAddress(words, HookDescriptor.mapped + 2 * index, address);
    writeAddress(words, HookDescriptor.mappedBytes + 2 * index, lengthBytes);
  });
  words[HookDescriptor.fd] = ring.fd;
}
