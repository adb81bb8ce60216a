import { writeSync } from 'node:fs';

/** The plan that the process was given. */
export function readPlan<Plan>(): Plan {
  return JSON.parse(process.argv[2]) as Plan;
}

/** Prints the result of a process, before anything else can happen to it. */
export function reportResult(result: object): void {
  writeSync(1, JSON.stringify(result));
}
