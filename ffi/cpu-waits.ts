import type { Libraries } from './koffi.js';

/**
 * A CPU wait: dozes until a watched word changes or the time is over, whichever is first.
 * @param descriptorAddress address of a filled-in `struct wl_wait` (wait-descriptor.ts)
 * @param nanoseconds the longest wait
 * @returns a value of `WaitEnd`
 */
export type CpuWait = (descriptorAddress: number, nanoseconds: number) => number;

/** The CPU's waits, and what it says of them. */
export interface CpuWaits {
  /** Bits of `CpuFeature`. An instruction that CPUID announces was tried once: announced and faulting, it is not had. */
  readonly features: number;
  /**
   * Ticks a second of the counter in which deadlines are told: on x86 measured against CLOCK_MONOTONIC, which takes 2 ms
   * the first time; on arm64 what the CPU says.
   */
  ticksPerSecond(): number;
  readonly umwait: CpuWait;
  readonly mwaitx: CpuWait;
  readonly wfe: CpuWait;
  readonly pause: CpuWait;
}

/** Declares the CPU's waits. */
export function declareCpuWaits({ own }: Libraries): CpuWaits {
  const wait = (name: string): CpuWait => own.func(name, 'int', ['uintptr_t', 'double']);
  return {
    features: own.func('uint32_t wl_cpu_features()')(),
    ticksPerSecond: own.func('double wl_ticks_per_second()'),
    umwait: wait('wl_wait_umwait'),
    mwaitx: wait('wl_wait_mwaitx'),
    wfe: wait('wl_wait_wfe'),
    pause: wait('wl_wait_pause'),
  };
}
