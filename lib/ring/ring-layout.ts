import type { SetupFlagName } from './ring-constants.js';
import { CqOffsets, Params, SqOffsets } from './ring-descriptor.js';

/** Where the words of a ring's header lie, in bytes from its start, as `io_uring_setup` told. */
export interface RingLayout {
  readonly sqHead: number;
  readonly sqTail: number;
  readonly sqRingMask: number;
  readonly sqRingEntries: number;
  readonly sqFlags: number;
  readonly sqDropped: number;
  /** Start of the index array; undefined with NO_SQARRAY. */
  readonly sqArray?: number;
  readonly sqEntries: number;
  readonly cqHead: number;
  readonly cqTail: number;
  readonly cqRingMask: number;
  readonly cqRingEntries: number;
  readonly cqOverflow: number;
  readonly cqFlags: number;
  readonly cqes: number;
}

/** Reads the layout out of the parameters that `io_uring_setup` filled in. */
export function layoutOf(params: Int32Array, flags: readonly SetupFlagName[]): RingLayout {
  const sq = (offset: number): number => params[Params.sqOff + offset];
  const cq = (offset: number): number => params[Params.cqOff + offset];
  return {
    sqHead: sq(SqOffsets.head),
    sqTail: sq(SqOffsets.tail),
    sqRingMask: sq(SqOffsets.ringMask),
    sqRingEntries: sq(SqOffsets.ringEntries),
    sqFlags: sq(SqOffsets.flags),
    sqDropped: sq(SqOffsets.dropped),
    ...(flags.includes('NO_SQARRAY') ? {} : { sqArray: sq(SqOffsets.array) }),
    sqEntries: params[Params.sqEntries],
    cqHead: cq(CqOffsets.head),
    cqTail: cq(CqOffsets.tail),
    cqRingMask: cq(CqOffsets.ringMask),
    cqRingEntries: cq(CqOffsets.ringEntries),
    cqOverflow: cq(CqOffsets.overflow),
    cqFlags: cq(CqOffsets.flags),
    cqes: cq(CqOffsets.cqes),
  };
}
