import { checkNumber, checkObject, wrongType } from '../../loop/index.js';
import { checkPort, checkSignal, checkText, checkUnixPath } from './listen-options.js';
import {
  type ResolvedSocketOptions,
  resolveSocketOptions,
  type SocketOptions,
  socketOptionNames,
} from './socket-options.js';

/** Options of `EventLoop.connect`. */
export interface ConnectOptions extends SocketOptions {
  /** TCP port. Either this or `path`. */
  readonly port?: number;
  /** Name or address. A name is looked up by `node:dns`, and its addresses are tried in turn. Default 'localhost'. */
  readonly host?: string;
  /** Path of a Unix socket; an abstract name begins with NUL. */
  readonly path?: string;
  /** Longest time for look-up and connection together; 0: as long as the kernel tries. Default 0. */
  readonly timeoutMs?: number;
  /** Ends the attempt. */
  readonly signal?: AbortSignal;
}

/** Options with every default filled in. */
export interface ResolvedConnectOptions {
  readonly socket: ResolvedSocketOptions;
  readonly host: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

const names = ['port', 'host', 'path', 'timeoutMs', 'signal', ...socketOptionNames];

/**
 * Checks options and fills in the defaults.
 * @throws {TypeError | RangeError} that name the option, the value and what is allowed
 */
export function resolveConnectOptions(options: ConnectOptions): ResolvedConnectOptions {
  const given = checkObject('options', options, names);
  const path = checkUnixPath(given.path);
  if ((path === undefined) === (given.port === undefined)) {
    throw wrongType('port', 'given, or path, and not both', given.port);
  }
  return {
    socket: resolveSocketOptions(given),
    host: checkText('host', given.host) ?? 'localhost',
    port: checkPort(given.port, 1),
    path,
    timeoutMs: checkNumber('timeoutMs', given.timeoutMs, 0, 2 ** 31 - 1, 0),
    signal: checkSignal(given.signal),
  };
}
