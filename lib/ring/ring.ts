import type { Native } from '../../ffi/index.js';
import { checkEntered, EnterCall } from './enter-call.js';
import { findWakeWord, type WakeWordPlace } from './layout-probe.js';
import { loadAcquire, storeRelease } from './ordering.js';
import { CqeFlag, Feature, type SetupFlagName, SqFlag } from './ring-constants.js';
import { Cqe, Params, Sqe } from './ring-descriptor.js';
import { layoutOf, type RingLayout } from './ring-layout.js';
import type { RingMemory } from './ring-memory.js';
import { type SetUpOptions, setUpRing } from './set-up.js';

/** Receives the completions that `Ring.reap` finds. The two words are what the submission put into `user_data`. */
export interface CompletionSink {
  complete(userLow: number, userHigh: number, result: number, flags: number): void;
}

/**
 * One io_uring instance, used by the thread that made it. Submissions are written and completions read by plain
 * accesses to typed arrays; only `submit`, `flush` and `wait` cross into the kernel.
 */
export class Ring {
  /** The set-up flags in use. */
  readonly flags: readonly SetupFlagName[];
  readonly layout: RingLayout;
  readonly wakeWord: WakeWordPlace;
  /** Whether `wait` takes its own time-out (Linux 5.11). */
  readonly hasWaitTimeout: boolean;
  /** Whether the kernel can go on waiting for a while when something has come (Linux 6.12). */
  readonly canGather: boolean;
  /** Calls of `io_uring_enter` so far. */
  enters = 0;
  /** Completions reaped so far, modulo 2^32: the completion tail's value when nothing new is there. */
  reaped = 0;
  /** Entries prepared and not yet handed to the kernel. */
  pending = 0;
  /** Those prepared or in flight that only watch, and write to no memory; whoever prepares and reaps them counts them here. */
  watching = 0;

  readonly #system: Native['system'];
  readonly #kernelWorkers: Native['kernelWorkers'];
  #fd: number;
  #memory: RingMemory;
  #words: Int32Array;
  #sqes: Int32Array;
  readonly #sqTail: number;
  readonly #sqFlags: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqes: number;
  readonly #cqMask: number;
  readonly #sqEntries: number;
  readonly #call: EnterCall;
  #tail = 0;
  /** Submitted, and the last completion not yet reaped. */
  #inFlight = 0;
  #inFlightWords: Int32Array = new Int32Array(2);
  #inFlightIndex = 0;
  #restWords: Int32Array = new Int32Array(1);
  #restIndex = 0;
  #closed = false;

  /**
   * @param native the native functions of this thread
   * @throws {RingUnavailableError} when the kernel gives no ring
   */
  constructor(native: Native, options: SetUpOptions = {}) {
    const { fd, flags, params, memory } = setUpRing(native, options);
    this.#system = native.system;
    this.#kernelWorkers = native.kernelWorkers;
    this.#fd = fd;
    this.flags = flags;
    this.#memory = memory;
    this.layout = layoutOf(params, flags);
    this.wakeWord = findWakeWord(this.layout);
    this.hasWaitTimeout = (params[Params.features] & Feature.EXT_ARG) !== 0;
    this.canGather = (params[Params.features] & Feature.MIN_TIMEOUT) !== 0;
    this.#words = memory.words;
    this.#sqes = memory.sqes;
    this.#sqTail = this.layout.sqTail / 4;
    this.#sqFlags = this.layout.sqFlags / 4;
    this.#cqHead = this.layout.cqHead / 4;
    this.#cqTail = this.layout.cqTail / 4;
    this.#cqes = this.layout.cqes / 4;
    this.#cqMask = this.#words[this.layout.cqRingMask / 4];
    this.#sqEntries = this.layout.sqEntries;
    this.#call = new EnterCall(native, fd);
  }

  /**
   * Keeps a word that tells this environment's clean-up how many completions it must wait for before memory may go, and the
   * next word with how many of them only watch. A thread can be terminated anywhere: what it has not reaped is counted.
   */
  tellInFlight(words: Int32Array, index: number): void {
    this.#inFlightWords = words;
    this.#inFlightIndex = index;
  }

  /** Sets a word to 0 with each entry that is prepared: whoever has set it to 1 thought that there was nothing to submit. */
  tellPrepared(words: Int32Array, index: number): void {
    this.#restWords = words;
    this.#restIndex = index;
  }

  /** Counts completions that were reaped elsewhere, of operations that go on. */
  noteReaped(count: number): void {
    this.reaped = (this.reaped + count) | 0;
  }

  /** Both words at once: nothing in between at which a thread could be terminated. */
  #noteInFlight(count: number): void {
    this.#inFlightWords[this.#inFlightIndex] = count;
    this.#inFlightWords[this.#inFlightIndex + 1] = this.watching;
  }

  /** Its descriptor; −1 once it is closed. */
  get fd(): number {
    return this.#fd;
  }

  /** Where it lives; once it is closed, a copy of what was there. */
  get memory(): RingMemory {
    return this.#memory;
  }

  /** The submission entries, to be written at the index that `nextEntry` returns. */
  get entries(): Int32Array {
    return this.#sqes;
  }

  /**
   * Takes the next submission entry.
   * @returns the index of its first word in `entries`, all of whose 16 words the caller must write; −1 when the queue
   * is full and the kernel takes nothing now (it is short of memory, or completions must be reaped first)
   */
  nextEntry(): number {
    if (this.pending === this.#sqEntries && this.submit() <= 0) return -1;
    const index = (this.#tail & (this.#sqEntries - 1)) * Sqe.words;
    this.#tail = (this.#tail + 1) | 0;
    this.pending++;
    this.#restWords[this.#restIndex] = 0;
    return index;
  }

  /** The entry that `nextEntry` returned last. */
  get lastEntry(): number {
    return ((this.#tail - 1) & (this.#sqEntries - 1)) * Sqe.words;
  }

  /**
   * Lets an entry that the kernel has not been given yet (the ring's `enters` is what it was when the entry was prepared)
   * transfer more bytes, those behind its first ones.
   * @param entry `lastEntry` when it was prepared
   */
  lengthen(entry: number, bytes: number): void {
    this.#sqes[entry + Sqe.length] += bytes;
  }

  /** Something is to be done for `reap` or `flush`: a completion, deferred task work, or an overflow. */
  hasWork(): boolean {
    const words = this.#words;
    // Loading the tail first pairs with the kernel's release store of it: entries before it are complete.
    if (loadAcquire(words, this.#cqTail) !== this.reaped) return true;
    return (words[this.#sqFlags] & (SqFlag.TASKRUN | SqFlag.CQ_OVERFLOW)) !== 0;
  }

  /** The kernel holds completions back until this thread enters. */
  needsEnter(): boolean {
    return (loadAcquire(this.#words, this.#sqFlags) & (SqFlag.TASKRUN | SqFlag.CQ_OVERFLOW)) !== 0;
  }

  /**
   * Hands all prepared entries to the kernel.
   * @returns how many it took; `-EAGAIN` or `-EBUSY` when it takes none for now: the entries stay for the next call
   * @throws {UringError} for every other refusal
   */
  submit(): number {
    return this.pending === 0 ? 0 : this.#submit();
  }

  /**
   * Submits, and lets the kernel run task work and move overflowed completions into the queue.
   *
   * The kernel adds work to its list first and sets SQ_TASKRUN after it. If we enter in between, the work is done by then
   * and the flag stays, with nothing behind it, and an enter that finds no work does not clear it. So a flag that has
   * outlived an enter without completions is cleared here, and then we enter once more: work that was added before the
   * clearing is done by that, and work that is added later sets the flag anew.
   */
  flush(): number {
    const result = this.#submit();
    const words = this.#words;
    if ((Atomics.load(words, this.#sqFlags) & SqFlag.TASKRUN) === 0) return result;
    if (Atomics.load(words, this.#cqTail) !== this.reaped) return result;
    Atomics.and(words, this.#sqFlags, ~SqFlag.TASKRUN);
    return this.#submit();
  }

  /**
   * Submits and waits in the kernel for a completion.
   * @param timeoutMs longest wait; −1 without limit. Needs `hasWaitTimeout` unless it is −1.
   * @returns ≥ 0, or `-EINTR` (a signal), `-ETIME` (time is over), `-EAGAIN` or `-EBUSY`
   */
  wait(timeoutMs: number): number {
    this.#beforeEnter();
    return this.#afterEnter(this.#call.wait(this.pending, timeoutMs));
  }

  #submit(): number {
    this.#beforeEnter();
    return this.#afterEnter(this.#call.submit(this.pending));
  }

  #beforeEnter(): void {
    // The kernel reads the tail inside the system call, which orders this store and all writes to the entries before it.
    this.#words[this.#sqTail] = this.#tail;
    this.enters++;
    // Before the call, since a thread that is terminated in it returns no more.
    this.#noteInFlight(this.#inFlight + this.pending);
  }

  #afterEnter(result: number): number {
    if (result > 0) {
      this.pending -= result;
      this.#inFlight += result;
    }
    this.#noteInFlight(this.#inFlight);
    return checkEntered(result);
  }

  /**
   * Hands the completions that are there to `sink`, at most `limit`.
   * @returns how many
   */
  reap(sink: CompletionSink, limit: number): number {
    const mask = this.#cqMask;
    // The kernel stores the tail with release: after this load, the entries before it are complete.
    const tail = loadAcquire(this.#words, this.#cqTail);
    let reaped = 0;
    let finished = 0;
    try {
      while (this.reaped !== tail && reaped < limit) {
        // Anew each time: a handler may have closed the ring.
        const words = this.#words;
        const at = this.#cqes + (this.reaped & mask) * Cqe.words;
        this.reaped = (this.reaped + 1) | 0;
        reaped++;
        const flags = words[at + Cqe.flags];
        if ((flags & CqeFlag.MORE) === 0) finished++;
        sink.complete(words[at], words[at + 1], words[at + Cqe.result], flags);
      }
    } finally {
      // Gives the entries back after they were read, also when a handler threw: release, against the kernel's acquire.
      if (reaped > 0) storeRelease(this.#words, this.#cqHead, this.reaped);
      this.#inFlight -= finished;
      this.#noteInFlight(this.#inFlight);
    }
    return reaped;
  }

  /** What the environment's clean-up must know to close this ring: fd, mask and addresses, see `HookDescriptor`. */
  get closing(): { cqMask: number; cqHeadAddress: number; cqTailAddress: number; cqesAddress: number } {
    const base = this.memory.wordsAddress;
    const { cqHead, cqTail, cqes } = this.layout;
    return {
      cqMask: this.#cqMask,
      cqHeadAddress: base + cqHead,
      cqTailAddress: base + cqTail,
      cqesAddress: base + cqes,
    };
  }

  /** Closes the ring and unmaps its memory. Nothing may be in flight. Rings that a loop owns are closed by its hook. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#kernelWorkers.keep();
    this.#system.close(this.#fd);
    // The number may be another file's from now on, and the addresses other memory: what is called later meets neither.
    this.#fd = -1;
    this.#call.close();
    const { mappings } = this.#memory;
    if (mappings.length === 0) return;
    this.#words = this.#words.slice();
    this.#sqes = this.#sqes.slice();
    this.#memory = { ...this.#memory, words: this.#words, sqes: this.#sqes, mappings: [] };
    for (const [address, lengthBytes] of mappings) this.#system.unmap(address, lengthBytes);
  }
}
