import { isMainThread } from 'node:worker_threads';
import type { OpcodeName, RingMemoryKind, SetupFlagName } from '../ring/index.js';
import { Opcode, SetupFlag } from '../ring/index.js';
import { type IdlePreset, type IdleSettings, idlePresets, type WaiterName } from '../scheduler/index.js';
import { Fence, type FenceName } from '../wake/index.js';
import {
  checkBoolean,
  checkNumber,
  checkObject,
  checkOneOf,
  checkPowerOfTwo,
  outOfRange,
  wrongType,
} from './validate.js';

/** How a loop is driven: io_uring; no io_uring, but native code; no native code. */
export type BackendName = 'uring' | 'epoll' | 'portable';

/** Where an idle loop blocks: in `io_uring_enter`, or in libuv's own poll. */
export type KernelWaitName = 'enter' | 'libuv';

/** Options of `EventLoop.attach`. All are optional. */
export interface EventLoopOptions {
  /**
   * A preset, or the times themselves (what is left out is taken from `balanced`): `latency`, `balanced`, `power`.
   * Default `balanced`.
   */
  readonly idle?: IdlePreset | Partial<IdleSettings>;
  /** Default `auto`: the best that works. Naming one demands it: `attach` throws if it cannot be had. */
  readonly backend?: BackendName | 'auto';
  /** Default `auto`: the best that the CPU announces. Naming one demands it. */
  readonly waiter?: WaiterName | 'auto';
  /**
   * `enter` sees libuv's events on the wake line, and is the fastest; on a thread that a service owns and watches with
   * `eventLoopUtilization()`, `libuv` keeps that number right. Default: `libuv` on the main thread, `enter` elsewhere.
   */
  readonly kernelWait?: KernelWaitName;
  /** Where the ring lives. Default `auto`: `shared` where the kernel can, else `mapped`. Naming one demands it. */
  readonly memory?: RingMemoryKind | 'auto';
  /** Size of the submission queue, a power of two from 8 to 4096. Default 256. */
  readonly entries?: number;
  /** io_uring set-up flags never to use; for tests and for kernels with a bug in one. Default none. */
  readonly withoutFlags?: readonly SetupFlagName[];
  /** io_uring operations never to use; `node:fs` does their work. For tests and for kernels with a bug in one. Default none. */
  readonly withoutOpcodes?: readonly OpcodeName[];
  /** Longest run of turns before libuv gets its turn, in nanoseconds, 0 to 100 ms. Default 500,000 (Seastar's). */
  readonly taskQuotaNs?: number;
  /**
   * Which side fences: the poster with each message, the owner with each sleep, or whichever is cheaper. `none` loses
   * wake-ups and is for the stress test alone. Default `adaptive`.
   */
  readonly fence?: FenceName;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly idle: IdleSettings;
  readonly backend: BackendName | 'auto';
  /** Whether the backend was named by WAKELINE_BACKEND, not by the option. */
  readonly backendIsFromEnvironment: boolean;
  readonly waiter: WaiterName | 'auto';
  readonly kernelWait: KernelWaitName;
  readonly memory: RingMemoryKind | 'auto';
  readonly entries: number;
  readonly withoutFlags: readonly SetupFlagName[];
  readonly withoutOpcodes: readonly OpcodeName[];
  readonly taskQuotaNs: number;
  readonly fence: FenceName;
}

const known = [
  'idle',
  'backend',
  'waiter',
  'kernelWait',
  'memory',
  'entries',
  'withoutFlags',
  'withoutOpcodes',
  'taskQuotaNs',
  'fence',
];
const backends = ['auto', 'uring', 'epoll', 'portable'] as const;
const waiters = ['auto', 'umwait', 'mwaitx', 'wfe', 'pause', 'none'] as const;
const LONGEST_STAGE_NS = 100_000_000;
const DEFAULT_TASK_QUOTA_NS = 500_000;

/**
 * Checks options and fills in the defaults.
 * @throws {TypeError | RangeError} that name the option, the value and what is allowed
 */
export function resolveOptions(options: EventLoopOptions): ResolvedOptions {
  const given = checkObject('options', options, known);
  const fromEnvironment = process.env.WAKELINE_BACKEND || undefined;
  const backend = checkOneOf('backend', given.backend, backends, 'auto');
  const fences = Object.keys(Fence) as FenceName[];
  return {
    idle: resolveIdle(given.idle),
    backend: backend === 'auto' ? checkOneOf('WAKELINE_BACKEND', fromEnvironment, backends, 'auto') : backend,
    backendIsFromEnvironment: backend === 'auto' && fromEnvironment !== undefined,
    waiter: checkOneOf('waiter', given.waiter, waiters, 'auto'),
    kernelWait: checkOneOf(
      'kernelWait',
      given.kernelWait,
      ['enter', 'libuv'],
      isMainThread ? 'libuv' : 'enter',
    ),
    memory: checkOneOf('memory', given.memory, ['auto', 'shared', 'mapped'], 'auto'),
    entries: checkPowerOfTwo('entries', given.entries, 8, 4096, 256),
    withoutFlags: checkNames('withoutFlags', given.withoutFlags, SetupFlag),
    withoutOpcodes: checkNames('withoutOpcodes', given.withoutOpcodes, Opcode),
    taskQuotaNs: checkNumber('taskQuotaNs', given.taskQuotaNs, 0, LONGEST_STAGE_NS, DEFAULT_TASK_QUOTA_NS),
    fence: checkOneOf('fence', given.fence, fences, 'adaptive'),
  };
}

function resolveIdle(value: unknown): IdleSettings {
  const { balanced } = idlePresets;
  if (value === undefined || typeof value === 'string') {
    return idlePresets[checkOneOf('idle', value, Object.keys(idlePresets) as IdlePreset[], 'balanced')];
  }
  const given = checkObject('idle', value, ['spinNs', 'umwaitNs', 'adaptive', 'gatherNs']);
  return {
    spinNs: checkNumber('idle.spinNs', given.spinNs, 0, LONGEST_STAGE_NS, balanced.spinNs),
    umwaitNs: checkNumber('idle.umwaitNs', given.umwaitNs, 0, LONGEST_STAGE_NS, balanced.umwaitNs),
    adaptive: checkBoolean('idle.adaptive', given.adaptive, balanced.adaptive),
    gatherNs: checkNumber('idle.gatherNs', given.gatherNs, 0, LONGEST_STAGE_NS, balanced.gatherNs),
  };
}

function checkNames<Name extends string>(
  option: string,
  value: unknown,
  names: Readonly<Record<Name, number>>,
): readonly Name[] {
  if (value === undefined) return [];
  const allowed = Object.keys(names);
  if (!Array.isArray(value)) throw wrongType(option, `an array of ${allowed.join(', ')}`, value);
  for (const name of value) {
    if (typeof name !== 'string') throw wrongType(option, `made of ${allowed.join(', ')}`, name);
    if (!allowed.includes(name)) throw outOfRange(option, `made of ${allowed.join(', ')}`, name);
  }
  return value;
}
