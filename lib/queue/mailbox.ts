/** One inbound queue of a loop, or one that waits for room to send more. */
export interface MailPort {
  /** Whether `deliver` would find something to do. */
  hasMail(): boolean;
  /**
   * Delivers what is there, up to a batch.
   * @returns how many values it delivered
   */
  deliver(): number;
}

/** Values that a port hands out in one turn at the most, so that one fast sender does not starve the others. */
export const DELIVERY_BATCH = 256;

/**
 * A loop's mailbox: its inbound queues, one single-producer ring a poster. Ports may be added and removed while they
 * are delivered to.
 */
export class Mailbox {
  /** Whether a port had more than one batch at the last delivery. */
  isBacklogged = false;
  readonly #ports: MailPort[] = [];

  /** How many ports there are. */
  get size(): number {
    return this.#ports.length;
  }

  /** Adds a port; it is looked at from the next turn on. */
  add(port: MailPort): void {
    this.#ports.push(port);
  }

  /** Removes a port, if it is there. */
  remove(port: MailPort): void {
    const at = this.#ports.indexOf(port);
    if (at >= 0) this.#ports.splice(at, 1);
  }

  /** Whether any port has mail. */
  hasMail(): boolean {
    const ports = this.#ports;
    for (let i = 0; i < ports.length; i++) if (ports[i].hasMail()) return true;
    return false;
  }

  /** Delivers a batch from each port; returns how many values were delivered. */
  deliver(): number {
    const ports = this.#ports;
    let delivered = 0;
    // Backwards: a port that removes itself, or another one behind it, moves only ports that were looked at.
    let isBacklogged = false;
    for (let i = ports.length - 1; i >= 0; i--) {
      if (i >= ports.length) continue;
      const ofPort = ports[i].deliver();
      isBacklogged ||= ofPort >= DELIVERY_BATCH;
      delivered += ofPort;
    }
    this.isBacklogged = isBacklogged;
    return delivered;
  }
}
