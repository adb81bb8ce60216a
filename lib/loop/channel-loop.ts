import type { EventLoopOptions } from './options.js';
import { ThreadLoop } from './thread-loop.js';

/**
 * A loop with channels and no operations, for threads that should load no more than they need. `EventLoop.current` of
 * lib/io makes a whole loop of it when somebody asks for one.
 */
export class ChannelLoop extends ThreadLoop {
  /** Attaches a loop to the calling thread; as `EventLoop.attach`. */
  static attach(options: EventLoopOptions = {}): ChannelLoop {
    return ThreadLoop.attachAs(options, (core) => new ChannelLoop(core));
  }
}
