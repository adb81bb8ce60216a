import { checkBoolean, checkObject } from '../../loop/index.js';
import { checkPort, checkSignal, checkText } from './listen-options.js';

/** Options of `EventLoop.bind`. */
export interface BindOptions {
  /** UDP port; 0, the default: one that is free. */
  readonly port?: number;
  /** Name or address of this machine. Default '0.0.0.0': all of IPv4; '::' is all of IPv6 and, unless `ipv6Only`, IPv4. */
  readonly host?: string;
  /** Lets several sockets share the port: the kernel spreads the datagrams. Default false. */
  readonly reusePort?: boolean;
  /** '::' receives nothing over IPv4. Default false. */
  readonly ipv6Only?: boolean;
  /** Allows to send to broadcast addresses. Default false. */
  readonly broadcast?: boolean;
  /** Closes the socket. */
  readonly signal?: AbortSignal;
}

/** Options with every default filled in. */
export interface ResolvedBindOptions {
  readonly port: number;
  readonly host: string;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
  readonly broadcast: boolean;
  readonly signal: AbortSignal | undefined;
}

const names = ['port', 'host', 'reusePort', 'ipv6Only', 'broadcast', 'signal'];

/**
 * Checks options and fills in the defaults.
 * @throws {TypeError | RangeError} that name the option, the value and what is allowed
 */
export function resolveBindOptions(options: BindOptions): ResolvedBindOptions {
  const given = checkObject('options', options, names);
  return {
    port: checkPort(given.port, 0),
    host: checkText('host', given.host) ?? '0.0.0.0',
    reusePort: checkBoolean('reusePort', given.reusePort, false),
    ipv6Only: checkBoolean('ipv6Only', given.ipv6Only, false),
    broadcast: checkBoolean('broadcast', given.broadcast, false),
    signal: checkSignal(given.signal),
  };
}
