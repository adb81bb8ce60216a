import { relative } from 'node:path';
import {
  ForksPoolWorker,
  type PoolOptions,
  type PoolRunnerInitializer,
  type WorkerRequest,
} from 'vitest/node';

/** A test process that says how it ended when it ends amid its tests: a crash of native code leaves nothing else to go by. */
class TellingFork extends ForksPoolWorker {
  readonly #log: (line: string) => void;
  readonly #root: string;
  #files: readonly string[] = [];
  #isStopping = false;

  constructor(options: PoolOptions) {
    super(options);
    this.#log = (line) => options.project.vitest.logger.error(line);
    this.#root = options.project.config.root;
  }

  override async start(): Promise<void> {
    await super.start();
    const tell = (code: number | null, signal: string | null): void => {
      if (this.#isStopping) return;
      const how = signal === null ? `with exit status ${code}` : `by ${signal}`;
      this.#log(`The test process of ${this.#files.join(', ')} ended ${how}.`);
    };
    this.on('exit', tell as (code: number | null) => void);
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'run')
      this.#files = message.context.files.map(({ filepath }) => relative(this.#root, filepath));
    super.send(message);
  }

  override stop(): Promise<void> {
    this.#isStopping = true;
    return super.stop();
  }
}

/** Vitest's pool `forks`, of processes that say how they ended. */
export const tellingForks: PoolRunnerInitializer = {
  name: 'telling-forks',
  createPoolWorker: (options) => new TellingFork(options),
};
