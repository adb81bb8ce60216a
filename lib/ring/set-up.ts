import type { Native } from '../../ffi/index.js';
import { Feature, SetupFlag, type SetupFlagName } from './ring-constants.js';
import { CqOffsets, PAGE_BYTES, Params, SqOffsets } from './ring-descriptor.js';
import { mapRing, type RingMemory, type RingMemoryKind, reserveShared } from './ring-memory.js';
import { UringError } from './uring-error.js';

/** What a caller may ask of a ring's set-up. */
export interface SetUpOptions {
  /**
   * Size of the submission queue, a power of two; the completion queue is four times that, or without CQSIZE whatever the
   * kernel chooses. Default 256.
   */
  readonly entries?: number;
  /** Where the ring's memory is; `auto`: shared where the kernel can, else mapped. Default `auto`. */
  readonly memory?: RingMemoryKind | 'auto';
  /** Flags never to use, so that a later rung of the ladder is taken. Default none. */
  readonly without?: readonly SetupFlagName[];
}

/** A ring that the kernel accepted. */
export interface SetUpRing {
  readonly fd: number;
  readonly flags: readonly SetupFlagName[];
  /** `struct io_uring_params` as the kernel filled it in. */
  readonly params: Int32Array;
  readonly memory: RingMemory;
}

const COMPLETIONS_PER_SUBMISSION = 4;
const DEFAULT_ENTRIES = 256;

/**
 * Sets of set-up flags, best first, with the oldest kernel that takes each. A kernel refuses a flag that it does not
 * know with EINVAL. Task work that needs the owner is only asked for together with TASKRUN_FLAG: without it, nothing in
 * memory would tell a waiting thread that a completion is due.
 */
export const setUpLadder: readonly (readonly SetupFlagName[])[] = [
  ['SINGLE_ISSUER', 'DEFER_TASKRUN', 'TASKRUN_FLAG', 'NO_SQARRAY', 'SUBMIT_ALL', 'CLAMP'], // 6.6
  ['SINGLE_ISSUER', 'DEFER_TASKRUN', 'TASKRUN_FLAG', 'SUBMIT_ALL', 'CLAMP'], // 6.1
  ['SINGLE_ISSUER', 'COOP_TASKRUN', 'TASKRUN_FLAG', 'NO_SQARRAY', 'SUBMIT_ALL', 'CLAMP'], // 6.6, without deferral
  ['SINGLE_ISSUER', 'COOP_TASKRUN', 'TASKRUN_FLAG', 'SUBMIT_ALL', 'CLAMP'], // 6.0
  ['COOP_TASKRUN', 'TASKRUN_FLAG', 'SUBMIT_ALL', 'CLAMP'], // 5.19
  ['SUBMIT_ALL', 'CLAMP'], // 5.18
  ['CLAMP'], // 5.6
  [], // for whoever forbids CLAMP
];

/**
 * What a kernel must have, or it counts as too old: without NODROP a full completion queue loses completions, and with it
 * the operations that wait for them; RW_CUR_POS tells kernels from 5.6 on, which open, read and close files.
 */
const NEEDED = Feature.SINGLE_MMAP | Feature.NODROP | Feature.RW_CUR_POS;
const EINVAL = -22;

const bitsOf = (names: readonly SetupFlagName[]): number =>
  names.reduce((bits, name) => bits | SetupFlag[name], 0);

/** Thrown when the kernel refuses every kind of ring: `code` is its last answer (EPERM, ENOSYS, ENOMEM, EINVAL ...). */
export class RingUnavailableError extends UringError {}

/**
 * Sets up a ring with the best flags and memory that the kernel accepts.
 * @throws {RingUnavailableError} when it accepts none
 */
export function setUpRing(native: Native, options: SetUpOptions = {}): SetUpRing {
  const without = options.without ?? [];
  const sizing: readonly SetupFlagName[] = without.includes('CQSIZE') ? [] : ['CQSIZE'];
  const kinds: RingMemoryKind[] =
    options.memory === undefined || options.memory === 'auto' ? ['shared', 'mapped'] : [options.memory];
  const allowed = without.includes('NO_MMAP') ? kinds.filter((kind) => kind === 'mapped') : kinds;
  let refusal = EINVAL;
  for (const flags of setUpLadder) {
    if (flags.some((flag) => without.includes(flag))) continue;
    for (const kind of allowed) {
      const ring = attempt(native, options.entries ?? DEFAULT_ENTRIES, flags, kind, sizing);
      if (typeof ring !== 'number') {
        native.kernelWorkers.release();
        return ring;
      }
      refusal = ring;
    }
  }
  throw new RingUnavailableError(refusal, 'io_uring_setup');
}

function attempt(
  native: Native,
  entries: number,
  flags: readonly SetupFlagName[],
  kind: RingMemoryKind,
  sizing: readonly SetupFlagName[],
): SetUpRing | number {
  const params = new Int32Array(new ArrayBuffer(Params.lengthBytes));
  const cqEntries = entries * COMPLETIONS_PER_SUBMISSION;
  params[Params.flags] = bitsOf([...flags, ...sizing]) | (kind === 'shared' ? SetupFlag.NO_MMAP : 0);
  params[Params.cqEntries] = cqEntries;
  const shared = kind === 'shared' ? reserveShared(native, params, entries, cqEntries) : undefined;
  const fd = native.system.ioUringSetup(entries, native.memory.address(params));
  if (fd < 0) return fd;
  const isOld = (params[Params.features] & NEEDED) !== NEEDED;
  const memory = isOld ? EINVAL : (shared ?? mapRing(native, fd, params));
  if (typeof memory === 'number') {
    native.system.close(fd);
    return memory;
  }
  if (!flags.includes('NO_SQARRAY')) fillIndexArray(memory, params);
  assertInside(memory, params);
  return { fd, flags: kind === 'shared' ? [...flags, 'NO_MMAP'] : flags, params, memory };
}

/** Entry i of the queue is always submission entry i; the kernel's indirection is not used. */
function fillIndexArray(memory: RingMemory, params: Int32Array): void {
  const start = params[Params.sqOff + SqOffsets.array] / 4;
  for (let i = 0; i < params[Params.sqEntries]; i++) memory.words[start + i] = i;
}

function assertInside(memory: RingMemory, params: Int32Array): void {
  const end = params[Params.cqOff + CqOffsets.cqes] + params[Params.cqEntries] * 16;
  if (end > memory.words.byteLength || memory.wordsAddress % PAGE_BYTES !== 0) {
    throw new Error(
      `io_uring placed its completions outside the ring's memory (${end} > ${memory.words.byteLength})`,
    );
  }
}
