import { type CpuWaits, declareCpuWaits } from './cpu-waits.js';
import { type DescriptorCalls, declareDescriptorCalls } from './descriptor-calls.js';
import { declareHookWaits, type HookWaits } from './hook-waits.js';
import { declareKernelWorkers, type KernelWorkers } from './kernel-workers.js';
import { loadLibraries } from './koffi.js';
import { declareLoopHooks, type LoopHooks } from './loop-hooks.js';
import { declareMemory, type Memory } from './memory.js';
import { declareSocketCalls, type SocketCalls } from './socket-calls.js';
import { declareSystemCalls, type SystemCalls } from './system-calls.js';
import { declareThreadFence, type ThreadFence } from './thread-fence.js';
import { declareUvLoop, type UvLoop } from './uv.js';

/** All native functions, bound to the calling thread. */
export interface Native {
  readonly system: SystemCalls;
  readonly sockets: SocketCalls;
  readonly descriptors: DescriptorCalls;
  readonly fence: ThreadFence;
  readonly kernelWorkers: KernelWorkers;
  readonly memory: Memory;
  readonly uv: UvLoop;
  readonly cpu: CpuWaits;
  readonly hooks: LoopHooks;
  readonly hookWaits: HookWaits;
}

let loaded: Native | string | undefined;

/**
 * The native functions of this thread, loaded at the first call.
 * @returns them, or in words why there are none
 */
export function native(): Native | string {
  loaded ??= declare();
  return loaded;
}

function declare(): Native | string {
  const libraries = loadLibraries();
  if (typeof libraries === 'string') return libraries;
  try {
    let sockets: SocketCalls | undefined;
    let descriptors: DescriptorCalls | undefined;
    let hookWaits: HookWaits | undefined;
    return {
      system: declareSystemCalls(libraries),
      // Most threads never open a socket or a pipe, and each declared function takes memory of its thread.
      get sockets() {
        sockets ??= declareSocketCalls(libraries);
        return sockets;
      },
      get descriptors() {
        descriptors ??= declareDescriptorCalls(libraries);
        return descriptors;
      },
      fence: declareThreadFence(libraries),
      kernelWorkers: declareKernelWorkers(libraries),
      memory: declareMemory(libraries),
      uv: declareUvLoop(libraries),
      cpu: declareCpuWaits(libraries),
      hooks: declareLoopHooks(libraries),
      get hookWaits() {
        hookWaits ??= declareHookWaits(libraries);
        return hookWaits;
      },
    };
  } catch (error) {
    return `the native part could not be used: ${(error as Error).message}`;
  }
}
