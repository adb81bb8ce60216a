import type { OperationCall, OperationOwner } from '../promised-operation.js';
import type { PromisedOperations } from '../promised-operations.js';
import type { Bytes } from './file-calls.js';
import { IoVector } from './io-vector-descriptor.js';
import { lengthOf, restOf } from './vector.js';

/** `IOV_MAX` of linux/uio.h. */
const MOST_VECTORS = 1024;

/**
 * Reads or writes several buffers, and goes on until all of them are done, or nothing more comes.
 * @param opcode READV or WRITEV
 * @param position offset in the file, in bytes
 * @returns bytes moved
 */
export async function transferVectors(
  ring: PromisedOperations,
  call: OperationCall,
  signal: AbortSignal | undefined,
  opcode: number,
  fd: number,
  buffers: readonly Bytes[],
  position: number,
  owner: OperationOwner,
): Promise<number> {
  const lengthBytes = lengthOf(buffers);
  let done = 0;
  try {
    while (done < lengthBytes) {
      const rest = restOf(buffers, done).slice(0, MOST_VECTORS);
      const vectors = vectorsOf(ring, rest);
      const address = ring.addressOf(vectors);
      const reference = [vectors, rest];
      const moved = await ring.run(
        call,
        signal,
        reference,
        opcode,
        fd,
        position + done,
        address,
        rest.length,
        0,
      );
      if (moved === 0) break;
      done += moved;
    }
    return done;
  } finally {
    owner.onOperationEnd(lengthBytes - done);
  }
}

function vectorsOf(ring: PromisedOperations, buffers: readonly Bytes[]): BigUint64Array {
  const vectors = new BigUint64Array(new ArrayBuffer(buffers.length * IoVector.lengthBytes));
  buffers.forEach((buffer, index) => {
    const at = index * IoVector.words;
    vectors[at + IoVector.address] = BigInt(ring.addressOf(buffer));
    vectors[at + IoVector.length] = BigInt(buffer.byteLength);
  });
  return vectors;
}
