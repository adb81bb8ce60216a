/** Who serves. */
export type NetServerKind = 'wakeline' | 'wakeline, for await' | 'node:net';

/** What a server process does with each connection. */
export type NetTask = 'ping' | 'receive' | 'send';

/** A server process that is measured while another program is its client. */
export interface NetPlan {
  readonly kind: NetServerKind;
  readonly task: NetTask;
  /** For `send`: bytes on each connection. */
  readonly bytes: number;
}

/** What the process prints at each line that it reads, and first of all. */
export interface NetReport {
  readonly port: number;
  /** CPU time since its start. */
  readonly userMicroseconds: number;
  readonly systemMicroseconds: number;
  /** Memory in use after a full collection, where that was asked for by the line `memory`. */
  readonly residentBytes: number;
  /** Requests answered since its start. */
  readonly requests: number;
}
