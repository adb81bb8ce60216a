import type { BytePath } from '../io/index.js';
import { JsonReport } from './digest-report.js';
import type { DigestObserver } from './digest-run.js';
import type { WalkError } from './tree-walk.js';

/** Counts what a run brings, and keeps it where the report shows every file. */
export class DigestTally implements DigestObserver {
  files = 0;
  bytes = 0;
  errors = 0;
  readonly report: JsonReport | undefined;
  readonly #onMessage: (message: string) => void;

  /**
   * @param json whether the report is the one of `--json`
   * @param onMessage called with each error's message, as it comes
   */
  constructor(json: boolean, onMessage: (message: string) => void) {
    this.report = json ? new JsonReport() : undefined;
    this.#onMessage = onMessage;
  }

  onDigest(path: BytePath, bytes: number, sha256: string): void {
    this.files++;
    this.bytes += bytes;
    this.report?.onDigest(path, bytes, sha256);
  }

  onError(error: WalkError): void {
    this.errors++;
    this.report?.onError(error);
    this.#onMessage(error.message);
  }
}
