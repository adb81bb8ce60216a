import { expect, test } from 'vitest';
import { play, type Scenario, type Subject } from './subject.js';

/**
 * COMPAT_SUBJECT=piscina compares Piscina with itself: a scenario that differs then says nothing about us, its trace depends
 * on chance.
 */
const ours = (process.env.COMPAT_SUBJECT ?? 'wakeline/piscina') as Subject['module'];

/** Makes a test of each scenario: what it sees of our drop-in is what it sees of the real one. */
export function compare(scenarios: Readonly<Record<string, Scenario>>): void {
  for (const [name, scenario] of Object.entries(scenarios)) {
    test(name, async () => {
      const theirs = await play(scenario, 'piscina');
      expect(theirs, 'the scenario sees nothing').toBeDefined();
      expect(await play(scenario, ours)).toEqual(theirs);
    });
  }
}
