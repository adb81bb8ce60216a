/** What the guest reports: one object a line on its serial console, behind `linePrefix`. */
export type GuestEvent =
  | { readonly event: 'up'; readonly kernel: string; readonly cpus: number }
  | { readonly event: 'begin'; readonly file: string }
  | { readonly event: 'start'; readonly name: string }
  | TestEvent
  | { readonly event: 'end'; readonly file: string; readonly status: number }
  | { readonly event: 'over' };

/** A test, or a group of tests whose hooks failed, has ended. */
export interface TestEvent {
  readonly event: 'test';
  readonly file: string;
  /** Names of the groups that it is in, and its own. */
  readonly name: string;
  readonly state: 'pass' | 'fail' | 'skip';
  /** Why it was skipped, or what went wrong. */
  readonly text: string;
}

/** Begins each line that is an event; all other lines are what programs and kernel printed. */
export const linePrefix = '#wakeline ';
