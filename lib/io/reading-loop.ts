import { type EventLoopOptions, ThreadLoop } from '../loop/index.js';
import type { ReaderLoop } from './file-reader.js';

/** A loop for a thread that only reads whole files: an `EventLoop` without its methods, which starts in less time. */
export class ReadingLoop extends ThreadLoop implements ReaderLoop {
  /** Makes the calling thread's loop; see `EventLoop.attach`. */
  static attach(options: EventLoopOptions = {}): ReadingLoop {
    return ThreadLoop.attachAs(options, (core) => new ReadingLoop(core));
  }

  get ring(): ReaderLoop['ring'] {
    const { operations } = this.core;
    return operations && { operations };
  }
}
