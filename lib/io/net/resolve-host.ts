import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { internetAddress } from './listen-options.js';
import type { NetAddress } from './net-address.js';

/**
 * The addresses of a host, in the order in which they are to be tried; an address is its own.
 * @throws {Error} (as a rejection) as of `node:dns`: ENOTFOUND and so on
 */
export async function resolveHost(host: string, port: number): Promise<NetAddress[]> {
  if (isIP(host.split('%')[0]) !== 0) return [internetAddress(host, port)];
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => internetAddress(address, port));
}
