import { checkBoolean, checkNumber, checkOneOf } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import type { SignalOptions } from '../file/file.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import { PollEvent } from './poll.js';
import { childStates, IdType, SigInfo, WaitOption } from './siginfo-descriptor.js';
import { WatchedWait } from './watched-wait.js';

/** Whom to wait for: any child, the one with this pid, one of this process group, or the one of this pidfd. */
export type WaitTarget = keyof typeof IdType;

/** Options of `EventLoop.waitid`. */
export interface WaitOptions extends SignalOptions {
  /** Whether the end of a child is waited for. Default true. */
  readonly exited?: boolean | undefined;
  /** Whether a stop by a signal is. Default false. */
  readonly stopped?: boolean | undefined;
  /** Whether the going on after a stop is. Default false. */
  readonly continued?: boolean | undefined;
  /** Whether the child stays waitable: for children that someone else reaps, as Node does its own. Default false. */
  readonly leave?: boolean | undefined;
}

/** What became of a child. */
export interface ChildState {
  readonly pid: number;
  readonly uid: number;
  readonly state: Exclude<(typeof childStates)[number], ''>;
  /** The exit code if it exited, else the signal's number. */
  readonly status: number;
}

const call: OperationCall = { syscall: 'waitid' };
const targets = Object.keys(IdType) as WaitTarget[];

/** Waits for a child; see `EventLoop.waitid`. */
export async function waitId(
  io: IoContext,
  target: WaitTarget,
  id: number,
  options: WaitOptions,
): Promise<ChildState> {
  const type = IdType[checkOneOf('target', target, targets, 'all')];
  checkNumber('id', id, 0, 2 ** 31 - 1, 0);
  const bits = bitsOf(options);
  const info = new Int32Array(new ArrayBuffer(SigInfo.lengthBytes));
  const { ring } = io;
  const { signal } = options;
  if (ring?.has(Opcode.WAITID)) {
    const address = ring.addressOf(info);
    await ring.run(call, signal, info, Opcode.WAITID, id, address, 0, type, 0, 0, bits);
  } else await new ChildWait(io, type, id, info, bits, signal).run();
  const state = childStates[info[SigInfo.code]];
  if (state === undefined || state === '')
    throw new Error(`waitid told of a child state ${info[SigInfo.code]}`);
  return { pid: info[SigInfo.pid], uid: info[SigInfo.uid], state, status: info[SigInfo.status] };
}

function bitsOf({ exited, stopped, continued, leave }: WaitOptions): number {
  return (
    (checkBoolean('exited', exited, true) ? WaitOption.EXITED : 0) |
    (checkBoolean('stopped', stopped, false) ? WaitOption.STOPPED : 0) |
    (checkBoolean('continued', continued, false) ? WaitOption.CONTINUED : 0) |
    (checkBoolean('leave', leave, false) ? WaitOption.NOWAIT : 0)
  );
}

/** A wait for a child: by an fd of its process where there is one to wait for, else by SIGCHLD. */
class ChildWait extends WatchedWait<true> {
  readonly #type: number;
  readonly #id: number;
  readonly #info: Int32Array;
  readonly #bits: number;

  constructor(
    io: IoContext,
    type: number,
    id: number,
    info: Int32Array,
    bits: number,
    signal: AbortSignal | undefined,
  ) {
    super(io, 'loop.waitid', signal);
    this.#type = type;
    this.#id = id;
    this.#info = info;
    this.#bits = bits;
  }

  protected look(): true | undefined {
    const { system, memory } = this.native;
    const address = memory.address(this.#info);
    const result = system.waitId(this.#type, this.#id, address, this.#bits | WaitOption.NOHANG);
    if (result < 0) throw new UringError(result, call.syscall);
    return this.#info[SigInfo.pid] === 0 ? undefined : true;
  }

  /** The fd tells of the end only. It does so before SIGCHLD comes, so this look is ahead of Node's own. */
  protected arm(): void {
    const isEnd = (this.#bits & ~WaitOption.NOWAIT) === WaitOption.EXITED;
    if (!isEnd || !this.#watchProcess()) this.watchChildren();
  }

  #watchProcess(): boolean {
    if (this.#type === IdType.pidfd) return this.watchDescriptor(this.#id, PollEvent.readable) === 0;
    if (this.#type !== IdType.pid) return false;
    const { descriptors, system } = this.native;
    const fd = descriptors.openProcess(this.#id);
    if (fd < 0) return false;
    const isWatched = this.watchDescriptor(fd, PollEvent.readable) === 0;
    system.close(fd);
    return isWatched;
  }
}
