import { type LoopCore, ThreadLoop } from '../loop/index.js';
import type { Operations, Ring } from '../ring/index.js';
import { IoContext } from './io-context.js';

/** A loop with operations: what its subclasses' methods are made with. */
export abstract class OperationLoop extends ThreadLoop {
  protected readonly io: IoContext;

  protected constructor(core: LoopCore) {
    super(core);
    this.io = new IoContext(core);
  }

  /** The loop's io_uring instance, in backend `uring`. */
  get ring(): Ring | undefined {
    return this.core.ring;
  }

  /** Operations on the ring, in backend `uring`. What is started is submitted at the end of the turn, all by one call. */
  get operations(): Operations | undefined {
    return this.core.operations;
  }

  protected override onClosing(): void {
    this.io.abandon();
  }

  protected override onClosed(): void {
    this.io.release();
  }
}
