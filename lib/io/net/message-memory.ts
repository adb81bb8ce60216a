import type { Native } from '../../../ffi/index.js';
import { MessageBlock } from './message-descriptor.js';
import { SocketAddress } from './socket-address.js';

/** Memory for one `struct msghdr`, with the vector and the address that it points to. */
export class MessageMemory {
  /** Address of the structure. */
  readonly address: number;
  /** The other end's address, of a message to be sent. */
  readonly name: SocketAddress;
  readonly #bytes = Buffer.from(new ArrayBuffer(MessageBlock.lengthBytes));

  constructor(native: Native) {
    this.address = native.memory.address(this.#bytes);
    this.name = new SocketAddress(native);
    this.#writePointer(MessageBlock.vectorAddress, this.address + MessageBlock.vector);
    this.#writePointer(MessageBlock.vectorCount, 1);
  }

  #writePointer(offset: number, value: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(value), offset);
  }

  /** Says where the payload lies. */
  setPayload(address: number, lengthBytes: number): void {
    this.#writePointer(MessageBlock.vectorBase, address);
    this.#writePointer(MessageBlock.vectorLength, lengthBytes);
  }

  /** The message goes to what `name` holds. */
  useName(): void {
    this.#writePointer(MessageBlock.nameAddress, this.name.address);
    this.#bytes.writeUInt32LE(this.name.lengthBytes, MessageBlock.nameLength);
  }

  /** A multishot receive keeps so many bytes free for the sender's address; the payload's place is the buffer's rest. */
  expectName(lengthBytes: number): void {
    this.#writePointer(MessageBlock.vectorCount, 0);
    this.#bytes.writeUInt32LE(lengthBytes, MessageBlock.nameLength);
  }
}
