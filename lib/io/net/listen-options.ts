import { isIP } from 'node:net';
import {
  checkBoolean,
  checkFunction,
  checkNumber,
  checkObject,
  outOfRange,
  wrongType,
} from '../../loop/index.js';
import type { NetAddress } from './net-address.js';
import { UnixAddress } from './socket-address-descriptor.js';
import {
  type ResolvedSocketOptions,
  resolveSocketOptions,
  type SocketOptions,
  socketOptionNames,
} from './socket-options.js';

/** Options of `EventLoop.listen`; those of sockets hold for the connections that are accepted. */
export interface ListenOptions extends SocketOptions {
  /** TCP port; 0: one that is free. Either this or `path`. */
  readonly port?: number;
  /** Name or address of this machine, or '::' (all of IPv6 and IPv4, the default where there is IPv6), or '0.0.0.0'. */
  readonly host?: string;
  /** Path of a Unix socket; an abstract name begins with NUL. */
  readonly path?: string;
  /** Connections that may wait to be accepted. Default 511, as in Node; the kernel's own limit is net.core.somaxconn. */
  readonly backlog?: number;
  /** Lets several listeners, on several threads too, share a port: the kernel spreads the connections. Default false. */
  readonly reusePort?: boolean;
  /** '::' takes no IPv4 connections. Default false. */
  readonly ipv6Only?: boolean;
  /** Told when a connection could not be accepted, for lack of fds for example (EMFILE); the listener tries again. */
  readonly onError?: (error: Error) => void;
  /** Closes the listener. */
  readonly signal?: AbortSignal;
}

/** Options with every default filled in. */
export interface ResolvedListenOptions {
  readonly socket: ResolvedSocketOptions;
  /** Undefined: all addresses of this machine, at this port. */
  readonly host: string | undefined;
  readonly port: number;
  readonly path: string | undefined;
  readonly backlog: number;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
  readonly onError: ((error: Error) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

const names = [
  'port',
  'host',
  'path',
  'backlog',
  'reusePort',
  'ipv6Only',
  'onError',
  'signal',
  ...socketOptionNames,
];
const HIGHEST_PORT = 65_535;
const DEFAULT_BACKLOG = 511;

/**
 * Checks options and fills in the defaults.
 * @throws {TypeError | RangeError} that name the option, the value and what is allowed
 */
export function resolveListenOptions(options: ListenOptions): ResolvedListenOptions {
  const given = checkObject('options', options, names);
  const path = checkUnixPath(given.path);
  if ((path === undefined) === (given.port === undefined)) {
    throw wrongType('port', 'given, or path, and not both', given.port);
  }
  return {
    socket: resolveSocketOptions(given),
    host: checkText('host', given.host),
    port: checkPort(given.port, 0),
    path,
    backlog: checkNumber('backlog', given.backlog, 1, 2 ** 31 - 1, DEFAULT_BACKLOG),
    reusePort: checkBoolean('reusePort', given.reusePort, false),
    ipv6Only: checkBoolean('ipv6Only', given.ipv6Only, false),
    onError: checkFunction('onError', given.onError as ((error: Error) => void) | undefined),
    signal: checkSignal(given.signal),
  };
}

/** Checks that a value is a text that is not empty. */
export function checkText(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw wrongType(option, 'a string that is not empty', value);
}

/** Checks that a value is a path of a Unix socket, or an abstract name: as long as the kernel takes it. */
export function checkUnixPath(value: unknown): string | undefined {
  const path = checkText('path', value);
  if (path === undefined) return undefined;
  // A path needs room for its NUL, an abstract name does not.
  const most = path.startsWith('\0') ? UnixAddress.pathBytes : UnixAddress.pathBytes - 1;
  if (Buffer.byteLength(path) > most) throw outOfRange('path', `at most ${most} bytes long`, path);
  return path;
}

/** Checks that a value is a port. */
export function checkPort(value: unknown, least: number): number {
  const port = checkNumber('port', value, least, HIGHEST_PORT, 0);
  if (!Number.isInteger(port)) throw wrongType('port', 'a whole number', value);
  return port;
}

/** Checks that a value is an AbortSignal. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  throw wrongType('signal', 'an AbortSignal', value);
}

/** An IP address and a port, as an address. */
export function internetAddress(address: string, port: number): NetAddress {
  return { address, family: isIP(address) === 6 ? 'IPv6' : 'IPv4', port };
}
