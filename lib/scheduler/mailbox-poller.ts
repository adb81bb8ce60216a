import type { Mailbox } from '../queue/index.js';
import { CounterIndex, type Counters } from '../stats/index.js';
import { Registry, type WakeLine } from '../wake/index.js';
import type { Poller } from './poller.js';

/** Queues of a loop that may be busy. A look at one costs about 5 ns. */
const BUSY_PORTS = 32;

/** Messages of other threads as a source of work, and the news that one of those threads has ended. */
export class MailboxPoller implements Poller {
  readonly #line: WakeLine;
  readonly #mailbox: Mailbox;
  readonly #registry: Int32Array;
  readonly #counters: Counters;
  readonly #onDeath: () => void;
  /** The registry's count of ended loops when they were last looked at. */
  seenDeaths: number;
  /** Whether the next turn is to look at the queues, whatever the line shows. */
  hasBacklog = false;
  /** Asked for since the delivery under way began: a port that must be looked at again, a callback that opens another. */
  #isLookRequested = false;
  /** Whether the loop is busy: posters leave the wake word alone, so each look is one at the queues. */
  isBusy = false;

  /** @param onDeath called in a turn when any loop of the process has ended since the last look */
  constructor(
    line: WakeLine,
    mailbox: Mailbox,
    registry: Int32Array,
    counters: Counters,
    onDeath: () => void,
  ) {
    this.#line = line;
    this.#mailbox = mailbox;
    this.#registry = registry;
    this.#counters = counters;
    this.#onDeath = onDeath;
    this.seenDeaths = Atomics.load(registry, Registry.deaths);
  }

  /** Whether the queues are few enough to look at each of them again and again. */
  get canBeBusy(): boolean {
    return this.#mailbox.size <= BUSY_PORTS;
  }

  /** Makes the next turn look at all ports although no poster has stored. */
  requestLook(): void {
    this.hasBacklog = true;
    this.#isLookRequested = true;
  }

  /** The queues, if a spin must look at them. */
  get spinQueues(): Mailbox | undefined {
    return this.isBusy ? this.#mailbox : undefined;
  }

  poll(): number {
    // The word first, the mailboxes after it: a message that is published later changes the word again.
    const isPosted = this.#line.noteSeen();
    if (!isPosted && !this.hasBacklog && !this.isBusy && this.#line.hasWakeWord) return 0;
    this.hasBacklog = true;
    // Plain: the load of the word ordered it, and the clean-up that counts a death stores the word after it.
    if (this.#registry[Registry.deaths] !== this.seenDeaths) this.#noteDeaths();
    this.#isLookRequested = false;
    // The backlog stays true when a callback throws: the next turn goes on behind it.
    const delivered = this.#mailbox.deliver();
    this.hasBacklog = this.#mailbox.isBacklogged || this.#isLookRequested;
    this.#counters[CounterIndex.messagesReceived] += delivered;
    return delivered;
  }

  #noteDeaths(): void {
    this.seenDeaths = Atomics.load(this.#registry, Registry.deaths);
    this.#onDeath();
  }

  /** Whether the queues hold a message, which only the line of a loop that is not busy shows. */
  hasMail(): boolean {
    return this.#mailbox.hasMail();
  }

  /** Looks at everything; what it finds is the next turn's. */
  look(): boolean {
    const hasNews =
      this.hasBacklog ||
      this.#line.hasPost() ||
      this.#mailbox.hasMail() ||
      Atomics.load(this.#registry, Registry.deaths) !== this.seenDeaths;
    if (hasNews) this.hasBacklog = true;
    return hasNews;
  }

  tryEnterSleep(): boolean {
    return !this.look();
  }

  exitSleep(): void {}
}
