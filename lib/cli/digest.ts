import { bytePathOf, EventLoop } from '../io/index.js';
import type { IdlePreset } from '../scheduler/index.js';
import { nowMs } from '../stats/index.js';
import { threadStats } from './digest-messages.js';
import type { ThreadReport } from './digest-report.js';
import { DigestRun } from './digest-run.js';
import { DigestTally } from './digest-tally.js';
import { printError } from './print-error.js';
import type { ProgressBar } from './progress-bar.js';
import { writeOut } from './standard-output.js';
import { StartedThread } from './started-thread.js';

/** What `wakeline digest` was asked for. */
export interface DigestRequest {
  readonly paths: readonly string[];
  readonly threads: number;
  readonly idle: IdlePreset;
  readonly json: boolean;
}

const MS_PER_SECOND = 1000;

/**
 * Digests files and trees, and prints the report.
 * @returns the exit status: 0, or 1 when anything could not be digested or printed
 * @throws {WakelineError} when a thread dies, or no loop can be had
 */
export async function digest({ paths, threads, idle, json }: DigestRequest): Promise<number> {
  const startMs = nowMs();
  const started = Array.from(
    { length: threads },
    (_, index) => new StartedThread(`digest-${index + 1}`, idle),
  );
  const loop = await attachOrEnd(started, idle);
  const tally = new DigestTally(json, (message) => {
    if (bar === undefined) printError(message);
    else bar.above(() => printError(message));
  });
  const run = new DigestRun(loop, { paths: paths.map(bytePathOf), threads: started }, tally);
  // While the threads start.
  const bar = process.stderr.isTTY ? await createBar(tally, run) : undefined;
  const table = tally.report === undefined ? await import('./digest-table.js') : undefined;
  let seconds: number;
  let reports: ThreadReport[];
  try {
    await run.run();
    seconds = (run.answeredAllMs - startMs) / MS_PER_SECOND;
    reports = threadReports(loop, run);
  } finally {
    bar?.stop();
    // Open channels keep the process alive.
    await loop.close();
  }
  const { files, bytes, errors, report } = tally;
  const totals = { files, bytes, errors, seconds, threads: reports };
  const isPrinted = await writeOut(report?.chunks(totals) ?? [table!.digestTable(totals)]);
  return errors === 0 && isPrinted ? 0 : 1;
}

/** This thread's loop. Where none can be had, the others have none either. */
async function attachOrEnd(started: readonly StartedThread[], idle: IdlePreset): Promise<EventLoop> {
  try {
    return EventLoop.attach({ idle });
  } catch (error) {
    await Promise.all(started.map((thread) => thread.end()));
    throw error;
  }
}

/** Its packages take a while to load, and most runs have no bar. */
async function createBar(tally: DigestTally, run: DigestRun): Promise<ProgressBar> {
  const { ProgressBar } = await import('./progress-bar.js');
  return new ProgressBar(() => ({
    found: run.found,
    done: run.answered,
    bytes: tally.bytes,
  }));
}

function threadReports(loop: EventLoop, run: DigestRun): ThreadReport[] {
  const workers = run.threads.map(({ name, stats }) => ({ name, ...stats! }));
  return [{ name: 'main', ...threadStats(loop.stats()) }, ...workers];
}
