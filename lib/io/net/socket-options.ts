import { checkBoolean, checkNumber } from '../../loop/index.js';

/** Options of every stream socket: of `connect`, and of `listen` for the connections that it accepts. */
export interface SocketOptions {
  /** Sends small writes at once (TCP_NODELAY). Default true: what is written in one turn goes out together anyway. */
  readonly noDelay?: boolean;
  /** After so many milliseconds without traffic TCP probes the other end (SO_KEEPALIVE); 0: never. Default 0. */
  readonly keepAliveMs?: number;
  /** The socket fails with `ERR_WAKELINE_SOCKET_TIMEOUT` when nothing came or went for so long; 0: never. Default 0. */
  readonly idleTimeoutMs?: number;
  /** Bytes that may lie unread before the socket stops receiving. Default 131,072. */
  readonly readHighWaterBytes?: number;
  /** Bytes that may lie unsent before `enqueue` returns false. Default 524,288. */
  readonly writeHighWaterBytes?: number;
  /**
   * Writes of this size and more are sent without copying (SEND_ZC), in backend `uring`, until the kernel says that it
   * copied all the same. 0: never. Default 65,536 to other machines; to this one never, as the kernel copies there.
   */
  readonly zeroCopyBytes?: number;
}

/** Options with every default filled in. */
export type ResolvedSocketOptions = Required<Omit<SocketOptions, 'zeroCopyBytes'>> & {
  /** Undefined: the default. */
  readonly zeroCopyBytes: number | undefined;
};

/** Names of the options above. */
export const socketOptionNames = [
  'noDelay',
  'keepAliveMs',
  'idleTimeoutMs',
  'readHighWaterBytes',
  'writeHighWaterBytes',
  'zeroCopyBytes',
] as const;

const LONGEST_MS = 2 ** 31 - 1;
const MOST_BYTES = 2 ** 30;
const READ_HIGH_WATER_BYTES = 131_072;
/** Measured: with half of it one connection sends a fifth less (docs/decisions/021-the-price-of-a-turn.md). */
const WRITE_HIGH_WATER_BYTES = 524_288;

/**
 * Checks options and fills in the defaults.
 * @throws {TypeError | RangeError} that name the option, the value and what is allowed
 */
export function resolveSocketOptions(given: Record<string, unknown>): ResolvedSocketOptions {
  const bytes = (name: string, least: number, fallback: number): number =>
    checkNumber(name, given[name], least, MOST_BYTES, fallback);
  const zeroCopyBytes = bytes('zeroCopyBytes', 0, -1);
  return {
    noDelay: checkBoolean('noDelay', given.noDelay, true),
    keepAliveMs: checkNumber('keepAliveMs', given.keepAliveMs, 0, LONGEST_MS, 0),
    idleTimeoutMs: checkNumber('idleTimeoutMs', given.idleTimeoutMs, 0, LONGEST_MS, 0),
    readHighWaterBytes: bytes('readHighWaterBytes', 1, READ_HIGH_WATER_BYTES),
    writeHighWaterBytes: bytes('writeHighWaterBytes', 1, WRITE_HIGH_WATER_BYTES),
    zeroCopyBytes: zeroCopyBytes < 0 ? undefined : zeroCopyBytes,
  };
}
