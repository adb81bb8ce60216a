import type { LoopCore } from '../loop/index.js';
import { File, type SignalOptions } from './file/file.js';
import type { FileCalls } from './file/file-calls.js';
import { NodeFileCalls } from './file/node-file-calls.js';
import { checkOpen, type OpenFlags } from './file/open-flags.js';
import { checkPath, type PathLike } from './file/path.js';
import { RingFileCalls } from './file/ring-file-calls.js';
import { OperationLoop } from './operation-loop.js';

/** The part of a loop that works with files. */
export abstract class FileLoop extends OperationLoop {
  readonly #calls: FileCalls;

  protected constructor(core: LoopCore) {
    super(core);
    this.#calls = this.io.ring === undefined ? new NodeFileCalls() : new RingFileCalls(this.io.ring);
  }

  /**
   * Opens a file.
   * @param flags as in `node:fs`: 'r', 'w+', 'ax', or a number of `fs.constants`. Default 'r'.
   * @param mode permissions of a file that is created. Default 0o666.
   */
  async open(
    path: PathLike,
    flags: OpenFlags = 'r',
    mode = 0o666,
    options: SignalOptions = {},
  ): Promise<File> {
    this.io.assertOpen();
    const fd = await this.#calls.open(checkPath(path), checkOpen(flags), mode, options.signal);
    return new File(this.io, this.#calls, fd);
  }
}
