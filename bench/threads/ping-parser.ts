const MOST_ANSWERS = 512;
const PONG = '+PONG\r\n';
/** In `*1\r\n$4\r\nPING\r\n`, the place of the digit that says how long the command is, and what lies around that. */
const DIGIT_AT = 5;
const AROUND_COMMAND_BYTES = 10;
const DIGIT_0 = 48;

const pongs = Buffer.from(PONG.repeat(MOST_ANSWERS));
const answers = Array.from({ length: MOST_ANSWERS + 1 }, (_, count) =>
  pongs.subarray(0, count * PONG.length),
);

/**
 * Counts the PINGs of one connection by their lengths, as RESP means it, however they are cut into chunks. The same for every
 * server here, and small, so that the sockets are what differs.
 */
export class PingParser {
  /** Where the request that comes next, or has begun, begins and ends, counted from the next chunk's first byte. */
  #begin = 0;
  #end = 0;

  /** @returns how many PINGs end in the first `lengthBytes` of `bytes` */
  push(bytes: Uint8Array, lengthBytes: number): number {
    let begin = this.#begin;
    let end = this.#end;
    let pings = 0;
    for (;;) {
      // Its end is not known before its digit has come.
      if (end <= begin) {
        if (begin + DIGIT_AT >= lengthBytes) break;
        end = begin + AROUND_COMMAND_BYTES + bytes[begin + DIGIT_AT] - DIGIT_0;
      }
      if (end > lengthBytes) break;
      begin = end;
      pings++;
    }
    this.#begin = begin - lengthBytes;
    this.#end = end - lengthBytes;
    return pings;
  }
}

/** The answer to so many PINGs. */
export function answerTo(pings: number): Buffer {
  return pings <= MOST_ANSWERS ? answers[pings] : Buffer.from(PONG.repeat(pings));
}
