import type { Native } from '../../../ffi/index.js';
import { SocketConstant } from '../../ring/index.js';
import type { NetAddress } from './net-address.js';
import {
  AddressBlock,
  AnyAddress,
  Ipv4Address,
  Ipv6Address,
  UnixAddress,
} from './socket-address-descriptor.js';

const { AF_INET, AF_INET6, AF_UNIX } = SocketConstant;

/** Memory for one `struct sockaddr`, and what system calls need beside it. */
export class SocketAddress {
  /** Address of the structure. */
  readonly address: number;
  /** Address of the `socklen_t` that calls read and write. */
  readonly lengthAddress: number;
  /** Address of an int, for socket options. */
  readonly valueAddress: number;
  readonly #native: Native;
  /** The structure itself. */
  readonly bytes = Buffer.from(new ArrayBuffer(AddressBlock.lengthBytes));

  constructor(native: Native) {
    this.#native = native;
    this.address = native.memory.address(this.bytes);
    this.lengthAddress = this.address + AddressBlock.length;
    this.valueAddress = this.address + AddressBlock.value;
  }

  /** The int for socket options. */
  get value(): number {
    return this.bytes.readInt32LE(AddressBlock.value);
  }

  set value(value: number) {
    this.bytes.writeInt32LE(value, AddressBlock.value);
  }

  /** Length of the structure: what was written, or what a call told. */
  get lengthBytes(): number {
    return this.bytes.readUInt32LE(AddressBlock.length);
  }

  set lengthBytes(lengthBytes: number) {
    this.bytes.writeUInt32LE(lengthBytes, AddressBlock.length);
  }

  /**
   * Writes an address.
   * @returns its family, `AF_*`
   * @throws {RangeError} when the path is too long, or what should be an IP address is none
   */
  write(address: NetAddress): number {
    this.bytes.fill(0, 0, AddressBlock.length);
    if ('path' in address) return this.#writeUnix(address.path);
    return address.family === 'IPv6'
      ? this.#writeIpv6(address.address, address.port)
      : this.#writeIpv4(address.address, address.port);
  }

  #writeIpv4(text: string, port: number): number {
    this.#parse(AF_INET, text, text, Ipv4Address.address);
    this.bytes.writeUInt16LE(AF_INET, AnyAddress.family);
    this.bytes.writeUInt16BE(port, Ipv4Address.port);
    this.lengthBytes = Ipv4Address.lengthBytes;
    return AF_INET;
  }

  #writeIpv6(text: string, port: number): number {
    const [numbers, scope] = text.split('%');
    this.#parse(AF_INET6, numbers, text, Ipv6Address.address);
    this.bytes.writeUInt16LE(AF_INET6, AnyAddress.family);
    this.bytes.writeUInt16BE(port, Ipv6Address.port);
    this.bytes.writeUInt32LE(scope === undefined ? 0 : this.#scopeOf(scope), Ipv6Address.scope);
    this.lengthBytes = Ipv6Address.lengthBytes;
    return AF_INET6;
  }

  #parse(family: number, numbers: string, text: string, offset: number): void {
    if (this.#native.sockets.parseAddress(family, numbers, this.address + offset) !== 1) {
      throw Object.assign(new RangeError(`not an IP address: '${text}'`), { code: 'ERR_INVALID_IP_ADDRESS' });
    }
  }

  #scopeOf(scope: string): number {
    return /^\d+$/.test(scope) ? Number(scope) : this.#native.sockets.interfaceIndex(scope);
  }

  #writeUnix(path: string): number {
    const isAbstract = path.startsWith('\0');
    const lengthBytes = Buffer.byteLength(path);
    this.bytes.writeUInt16LE(AF_UNIX, AnyAddress.family);
    this.bytes.write(path, UnixAddress.path);
    this.lengthBytes = isAbstract ? UnixAddress.path + lengthBytes : UnixAddress.lengthBytes;
    return AF_UNIX;
  }

  /** Makes room for a call to write an address. */
  expect(): void {
    this.lengthBytes = AddressBlock.length;
  }

  /** Reads the address that a call wrote. */
  read(): NetAddress {
    const family = this.bytes.readUInt16LE(AnyAddress.family);
    if (family === AF_UNIX || this.lengthBytes <= UnixAddress.path) return { path: this.#readPath() };
    const port = this.bytes.readUInt16BE(Ipv4Address.port);
    const { sockets } = this.#native;
    if (family === AF_INET) {
      const address = sockets.formatAddress(AF_INET, this.address + Ipv4Address.address);
      return { address, family: 'IPv4', port };
    }
    const scope = this.bytes.readUInt32LE(Ipv6Address.scope);
    const numbers = sockets.formatAddress(AF_INET6, this.address + Ipv6Address.address);
    return { address: scope === 0 ? numbers : `${numbers}%${scope}`, family: 'IPv6', port };
  }

  #readPath(): string {
    const path = this.bytes.subarray(UnixAddress.path, Math.max(UnixAddress.path, this.lengthBytes));
    if (path[0] === 0 && path.length > 1) return path.toString();
    const end = path.indexOf(0);
    return path.toString('utf8', 0, end < 0 ? path.length : end);
  }
}
