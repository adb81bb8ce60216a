const MOST_ANSWERS = 512;
const PONG = '+PONG\r\n';
/** `*1\r\n$4\r\nPING\r\n`: the same for every server here, so that only the sockets differ. */
const LINE_FEEDS_PER_PING = 3;
const LINE_FEED = 10;

const pongs = Buffer.from(PONG.repeat(MOST_ANSWERS));
const answers = Array.from({ length: MOST_ANSWERS + 1 }, (_, count) =>
  pongs.subarray(0, count * PONG.length),
);

/** Counts the PINGs of one connection, however they are cut into chunks. */
export class PingParser {
  #lineFeeds = 0;

  /** @returns how many PINGs end in the first `lengthBytes` of `bytes` */
  push(bytes: Uint8Array, lengthBytes: number): number {
    let lineFeeds = this.#lineFeeds;
    for (let i = 0; i < lengthBytes; i++) if (bytes[i] === LINE_FEED) lineFeeds++;
    this.#lineFeeds = lineFeeds % LINE_FEEDS_PER_PING;
    return Math.floor(lineFeeds / LINE_FEEDS_PER_PING);
  }
}

/** The answer to so many PINGs. */
export function answerTo(pings: number): Buffer {
  return pings <= MOST_ANSWERS ? answers[pings] : Buffer.from(PONG.repeat(pings));
}
