/** How long an idle loop stays in each stage before it sleeps in the kernel. */
export interface IdleSettings {
  /** Longest spin in JavaScript, in nanoseconds. */
  readonly spinNs: number;
  /** Longest wait with the CPU's own instruction, in nanoseconds. */
  readonly umwaitNs: number;
  /** Whether both shrink while they do not pay and recover when they do. */
  readonly adaptive: boolean;
  /**
   * While one socket brings much, or many bring something, how long a sleep in `io_uring_enter` goes on although something has
   * come, at the most, so that more comes at once, in nanoseconds (Linux 6.12). Messages, libuv's events and all else wait as long.
   */
  readonly gatherNs: number;
}

/** Name of a preset. */
export type IdlePreset = 'latency' | 'balanced' | 'power';

/**
 * The presets. A wake from the kernel costs 8 µs on a busy machine and about 50 µs on an idle virtual one, so a spin of
 * that length at the most doubles the cost of being wrong (the classic ski-rental bound) in `balanced`; `latency` gives
 * a CPU away for a millisecond, `power` spins not at all and dozes only where the CPU has an instruction for it.
 * Data that streams in is gathered for 100 µs (docs/decisions/025), except where latency is all.
 */
export const idlePresets: Readonly<Record<IdlePreset, IdleSettings>> = {
  latency: { spinNs: 200_000, umwaitNs: 1_000_000, adaptive: true, gatherNs: 0 },
  balanced: { spinNs: 50_000, umwaitNs: 100_000, adaptive: true, gatherNs: 100_000 },
  power: { spinNs: 0, umwaitNs: 20_000, adaptive: true, gatherNs: 100_000 },
};
