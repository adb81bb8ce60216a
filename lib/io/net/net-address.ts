/** One end of a TCP connection or of a UDP socket. */
export interface InternetAddress {
  /** As numbers: '127.0.0.1', '::1', 'fe80::1%2'. */
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly port: number;
}

/** One end of a Unix socket; an abstract name begins with NUL, and an end without a name has the path ''. */
export interface UnixSocketAddress {
  readonly path: string;
}

/** Where a socket is. */
export type NetAddress = InternetAddress | UnixSocketAddress;

/** An address for messages: '127.0.0.1:80', '[::1]:80', '/run/socket'. */
export function displayAddress(address: NetAddress): string {
  if ('path' in address) return address.path.replace('\0', '@');
  return address.family === 'IPv6'
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`;
}
