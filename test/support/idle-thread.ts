import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  Channel,
  type ChannelHandle,
  EventLoop,
  type EventLoopOptions,
  type Sender,
  type WaiterName,
} from 'wakeline';
import type { RingMemoryKind, SetupFlagName } from 'wakeline/ring';
import type { CounterSnapshot } from 'wakeline/stats';
import { fixturePath } from './project.js';

/** What is to wake an idle loop. */
export const idleOrders = [
  'time-out',
  'file read',
  'socket',
  'another thread',
  'libuv socket',
  'libuv timer',
] as const;

/** One of them. */
export type IdleOrder = (typeof idleOrders)[number];

/** What fixture idle-thread is told once. */
export interface IdleThreadData {
  readonly port: number;
  /** From the order to the event, so that the loop is idle by then. */
  readonly waitMs: number;
}

/** The loop that it is to attach. */
export interface IdleAttachment {
  readonly options: EventLoopOptions;
  readonly inbox: ChannelHandle<'receiver', number>;
}

/** How an idle loop was woken. */
export interface Woken {
  /** Of the operation, or what was received. */
  readonly result: number;
  /** What was counted from the order to the turn that brought the event. */
  readonly counters: CounterSnapshot;
}

/** What a loop says of itself. */
export interface LoopFacts {
  readonly backend: string;
  readonly waiter: WaiterName;
  readonly reason: string;
  readonly flags: readonly SetupFlagName[];
  readonly memory: RingMemoryKind;
}

const WAIT_MS = 5;
/** As long as a stage may be: whatever comes within it finds the loop there. */
const STAGE_NS = 100_000_000;

/** Options of a loop that does not spin, and dozes for so long that every event finds it dozing. */
export function dozing(options: EventLoopOptions): EventLoopOptions {
  return { ...options, kernelWait: 'enter', idle: { spinNs: 0, umwaitNs: STAGE_NS, adaptive: false } };
}

/** System calls of a send: those that the sender's loop counted, and writes that the kernel counted on its thread. */
export interface PostCost {
  readonly calls: number;
  readonly writes: number;
}

/** `write` and its kin, called by this thread so far; undefined on a kernel that does not count. */
function writesOfThread(): number | undefined {
  try {
    return Number(/^syscw: (\d+)$/m.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** A thread that idles on its loop (fixture idle-thread), and what wakes it from here. */
export class IdleThread {
  facts!: LoopFacts;
  readonly worker: Worker;
  readonly #server: Server;
  readonly #sockets: Socket[];
  #sender!: Sender<number>;
  /** What the last message to it cost here. */
  lastPost: PostCost = { calls: 0, writes: 0 };

  private constructor(worker: Worker, server: Server, sockets: Socket[]) {
    this.worker = worker;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Starts the thread with a loop, and attaches one to this thread if it has none. */
  static async start(options: EventLoopOptions): Promise<IdleThread> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const data: IdleThreadData = { port, waitMs: WAIT_MS };
    const thread = new IdleThread(
      new Worker(fixturePath('idle-thread'), { workerData: data }),
      server,
      sockets,
    );
    await thread.attach(options);
    return thread;
  }

  /** Gives the thread another loop. A new thread would take seconds on an emulated CPU. */
  async attach(options: EventLoopOptions): Promise<void> {
    const channel = new Channel<number>();
    const attachment: IdleAttachment = { options, inbox: channel.receiver };
    const answer = once(this.worker, 'message');
    this.worker.postMessage(attachment);
    this.#sender = (EventLoop.current ?? EventLoop.attach({ idle: 'power' })).sender(channel.sender);
    // An error of the worker's rejects it.
    this.facts = (await answer)[0] as LoopFacts;
  }

  /** Lets the loop fall idle, and wakes it. */
  async wake(order: IdleOrder): Promise<Woken> {
    const woken = once(this.worker, 'message');
    this.worker.postMessage(order);
    await sleep(2 * WAIT_MS);
    if (order === 'another thread') this.#post();
    // In the order in which the thread connected them.
    else if (order === 'socket') this.#sockets[0].write('12345');
    else if (order === 'libuv socket') this.#sockets[1].write('1234567');
    return (await woken)[0] as Woken;
  }

  #post(): void {
    const loop = EventLoop.current!;
    const [calls, writes] = [loop.stats().syscalls, writesOfThread()];
    this.#sender.send(42);
    this.lastPost = {
      calls: loop.stats().syscalls - calls,
      writes: writes === undefined ? 0 : writesOfThread()! - writes,
    };
  }

  /** Ends the thread, and detaches this thread's loop. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.worker.terminate();
    await EventLoop.current?.close();
  }
}
