/** Whether a smaller or a larger figure is better. */
export type Direction = 'lower' | 'higher';

/** One comparison: a figure of ours beside a peer's. */
export interface Case {
  readonly name: string;
  readonly unit: string;
  /**
   * One run, warm-up included. Cases that share a run name the same function; it is then measured once a round.
   */
  readonly ours: () => Promise<number>;
  readonly peer: string;
  readonly theirs: () => Promise<number>;
  readonly direction: Direction;
  /** The smallest ratio asked for, where larger is better for us; null: the case is only reported. */
  readonly target: number | null;
}

/** How long a suite may take. */
export interface Effort {
  readonly isQuick: boolean;
  /** Runs of each side. */
  readonly rounds: number;
  /** No round is begun that would probably end later than this, but for the first. */
  readonly limitMs: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** A set of cases measured together. */
export interface Suite {
  readonly name: string;
  /** What its figures are, in a sentence or two. */
  readonly note: string;
  /** Rounds of a thorough run; those of a quick run are `Effort.rounds`. */
  readonly rounds?: number;
  /** Prepares what the cases need, files for example, and returns them. */
  prepare(effort: Effort): Promise<PreparedSuite>;
}

/** A suite that is ready to be measured. */
export interface PreparedSuite {
  readonly cases: readonly Case[];
  /** Removes what `prepare` made. */
  readonly cleanUp?: () => Promise<void>;
}

/** The outcome of one case, as `--json` prints it. */
export interface Outcome {
  readonly suite: string;
  readonly case: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  /** Larger is better for Wakeline. */
  readonly ratio: number;
  readonly target: number | null;
  readonly met: boolean | null;
}
