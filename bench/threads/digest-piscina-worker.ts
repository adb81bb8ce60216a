import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Files up to this size are read whole, longer ones in pieces of it. */
const PIECE_BYTES = 1 << 20;

/** SHA-256 of a file, by fs/promises. */
export default async function digestFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    if (size <= PIECE_BYTES) return hash.update(await file.readFile()).digest('hex');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
