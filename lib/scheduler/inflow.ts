/** From so many bytes between two sleeps on, more of them at once are cheaper than the same sooner. */
const BULK_BYTES = 65_536;

/**
 * What streams bring to a loop. While that is much, and nothing is sent, a sleep may gather: it goes on for `gatherNs` of
 * `IdleSettings` although something has come. Otherwise the loop and its peer wake each other for each piece (docs/decisions/025).
 * Who sends may be waited for.
 */
export class Inflow {
  /** Bytes received since the loop was last at rest, or since it sent. */
  bytes = 0;

  /** Whether the next sleep may gather. */
  get isBulk(): boolean {
    return this.bytes >= BULK_BYTES;
  }
}
