import type { Native } from '../../../ffi/index.js';
import { checkBoolean, checkNumber, checkOneOf, UnavailableError } from '../../loop/index.js';
import { Opcode, UringError } from '../../ring/index.js';
import type { SignalOptions } from '../file/file.js';
import type { IoContext } from '../io-context.js';
import type { OperationCall } from '../promised-operation.js';
import { repeatedly } from './repeatedly.js';
import { childStates, IdType, SigInfo, WaitOption } from './siginfo-descriptor.js';

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
  const { ring, native } = io;
  const { signal } = options;
  if (ring?.has(Opcode.WAITID)) {
    const address = ring.addressOf(info);
    await ring.run(call, signal, info, Opcode.WAITID, id, address, 0, type, 0, 0, bits);
  } else if (native === undefined) throw new UnavailableError('loop.waitid', 'it needs native code');
  else await repeatedly(io, signal, () => look(native, type, id, info, bits));
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

function look(
  { system, memory }: Native,
  type: number,
  id: number,
  info: Int32Array,
  bits: number,
): true | undefined {
  const result = system.waitId(type, id, memory.address(info), bits | WaitOption.NOHANG);
  if (result < 0) throw new UringError(result, call.syscall);
  return info[SigInfo.pid] === 0 ? undefined : true;
}
