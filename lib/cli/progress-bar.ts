import { SingleBar } from 'cli-progress';

/** How far a run has come. */
export interface ProgressCounts {
  /** Files found so far. */
  readonly found: number;
  /** Files digested, or given up with an error. */
  readonly done: number;
  readonly bytes: number;
}

const BYTES_PER_MB = 1e6;
const WIDTH = 40;

/** Shows on stderr, which must be a terminal, how far a run has come: files done of those found so far. */
export class ProgressBar {
  readonly #bar: SingleBar;

  /** @param counts called for each picture of the bar */
  constructor(counts: () => ProgressCounts) {
    this.#bar = new SingleBar({
      stream: process.stderr,
      format: () => barText(counts()),
      // Never off, or an interrupted run would leave the terminal without.
      linewrap: true,
      forceRedraw: true,
      clearOnComplete: true,
    });
    this.#bar.start(1, 0);
  }

  /** Lets something be printed above the bar. */
  above(print: () => void): void {
    this.#bar.stop();
    print();
    this.#bar.start(1, 0);
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar.stop();
  }
}

function barText({ found, done, bytes }: ProgressCounts): string {
  const full = found === 0 ? 0 : Math.round((WIDTH * done) / found);
  const bar = '='.repeat(full) + '-'.repeat(WIDTH - full);
  return `[${bar}] ${done}/${found} files, ${Math.round(bytes / BYTES_PER_MB)} MB`;
}
