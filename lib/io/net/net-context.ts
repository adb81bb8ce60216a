import type { Native } from '../../../ffi/index.js';
import type { IoContext } from '../io-context.js';
import type { NewTransport } from './acceptor.js';
import { Connection } from './connection.js';
import { RingNet } from './ring-net.js';
import { SendBlocks } from './send-piece.js';
import { Socket } from './socket.js';
import type { ResolvedSocketOptions } from './socket-options.js';

/** What the sockets of one loop need: made when the first is. */
export class NetContext {
  readonly io: IoContext;
  /** Native functions; undefined in backend `portable`. */
  readonly native: Native | undefined;
  /** The ring's part; undefined where `node:net` does the work. */
  readonly ring: RingNet | undefined;
  readonly blocks: SendBlocks;

  constructor(io: IoContext) {
    this.io = io;
    this.native = io.native;
    this.ring = this.native === undefined ? undefined : RingNet.create(this.native, io);
    this.blocks = this.ring?.blocks ?? new SendBlocks(() => 0);
  }

  /** A socket over a transport. */
  socketOver(transport: NewTransport, options: ResolvedSocketOptions): Socket {
    return new Socket(new Connection(this.io, transport, this.blocks, options));
  }
}
