/** The same job as `wakeline digest`, for Piscina. */
export interface DigestPlan {
  readonly folder: string;
  readonly threads: number;
}

/** What the process prints. */
export interface DigestResult {
  /** From the first look at the folder to the last digest, threads' start-up included. */
  readonly seconds: number;
  readonly files: number;
  /** All digests as one: see combine-digests.ts. */
  readonly combined: string;
}
