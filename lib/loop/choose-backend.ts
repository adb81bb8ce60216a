import { native as loadNative, type Native } from '../../ffi/index.js';
import { Ring, RingUnavailableError } from '../ring/index.js';
import { whyNoWaiter } from '../scheduler/index.js';
import { UnavailableError } from './errors.js';
import type { LoopCore } from './loop-core.js';
import { NativeCore } from './native-core.js';
import type { ResolvedOptions } from './options.js';
import { PortableCore } from './portable-core.js';
import { describeRefusal } from './refusal.js';

/**
 * Makes the best loop that this thread can have. Never throws for lack of a feature, unless an option demanded it.
 * @throws {UnavailableError} when it did
 */
export function createCore(options: ResolvedOptions): LoopCore {
  const demanded = options.backend === 'auto' ? undefined : options.backend;
  const who = options.backendIsFromEnvironment ? 'WAKELINE_BACKEND' : 'option backend';
  if (demanded === 'portable') return portable(options, `${who} says so`);
  const native = loadNative();
  if (typeof native === 'string') {
    if (demanded !== undefined) throw new UnavailableError(`backend '${demanded}' (${who})`, native);
    return portable(options, native);
  }
  demandWaiter(native, options);
  if (demanded === 'epoll') return new NativeCore(native, undefined, options, `${who} says so`);
  try {
    return uring(native, options, demanded === undefined ? 'io_uring works' : `${who} says so`);
  } catch (error) {
    if (!(error instanceof RingUnavailableError)) throw error;
    const reason = `io_uring is ${describeRefusal(error.code)} (${error.code})`;
    if (demanded !== undefined) throw new UnavailableError(`backend '${demanded}' (${who})`, reason);
    if (options.memory !== 'auto') throw new UnavailableError(`memory '${options.memory}'`, reason);
    return new NativeCore(native, undefined, options, reason);
  }
}

function uring(native: Native, options: ResolvedOptions, reason: string): NativeCore {
  // With its completions deferred, a ring never wakes whoever polls its fd (measured, DESIGN section 3).
  const without =
    options.kernelWait === 'libuv'
      ? [...options.withoutFlags, 'DEFER_TASKRUN' as const]
      : options.withoutFlags;
  const ring = new Ring(native, { entries: options.entries, memory: options.memory, without });
  try {
    return new NativeCore(
      native,
      ring,
      options,
      `${reason} (${ring.memory.kind} memory; ${ring.flags.join(', ')})`,
    );
  } catch (error) {
    ring.close();
    throw error;
  }
}

function portable(options: ResolvedOptions, reason: string): PortableCore {
  if (options.waiter !== 'auto' && options.waiter !== 'none') {
    throw new UnavailableError(`waiter '${options.waiter}'`, `backend 'portable' has none: ${reason}`);
  }
  return new PortableCore(options, reason);
}

function demandWaiter(native: Native, options: ResolvedOptions): void {
  if (options.waiter === 'auto') return;
  const why = whyNoWaiter(options.waiter, native.cpu.features);
  if (why !== undefined) throw new UnavailableError(`waiter '${options.waiter}'`, why);
}
