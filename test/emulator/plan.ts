import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '../support/project.js';
import { onAmd, onceAKernel, sameEverywhere, together } from './guest-tests.js';
import type { ModelName } from './machine.js';

/** Test files that share one process in the guest. */
export type Group = readonly string[];

/** The longest that one process may take, in the guest's own time, in which an emulated CPU is as fast as a real one. */
const GROUP_LIMIT_S = 300;

/** Each file in a process of its own, as vitest has it. */
export function apart(files: readonly string[]): Group[] {
  return files.map((file) => [file]);
}

/**
 * What a boot runs unless files are named. To start a process takes seconds there, so these files share one.
 * @param isChosen whether it is the boot of its kernel that also runs what need run only once
 */
export function defaultGroups(model: ModelName, isChosen: boolean): Group[] {
  const files = model === 'ryzen' ? onAmd : together;
  return [isChosen ? files : files.filter((file) => !onceAKernel.includes(file))];
}

/** The quick suite: every test file that `npm run check` runs. */
function quickSuite(): string[] {
  const names = readdirSync(join(projectFolder, 'test'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /(?<!\.slow)\.test\.ts$/.test(name) && !name.startsWith('emulator/'))
    .map((name) => `test/${name}`)
    .sort();
}

/**
 * What the quick suite adds to the files that a boot runs anyway: all that can be different in a guest. The files of a
 * folder share a process.
 */
export function quickGroups(model: ModelName): Group[] {
  const others = [...defaultGroups(model, true).flat(), ...Object.keys(sameEverywhere)];
  const folders = new Map<string, string[]>();
  for (const file of quickSuite()) {
    if (others.includes(file)) continue;
    const files = folders.get(dirname(file));
    if (files === undefined) folders.set(dirname(file), [file]);
    else files.push(file);
  }
  return [...folders.values()];
}

/** The guest's /plan: see guest/init.sh. */
export function planText(groups: readonly Group[]): string {
  return groups.map((files) => `${GROUP_LIMIT_S} ${files.join(' ')}\n`).join('');
}
