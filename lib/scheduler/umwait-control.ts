import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux (5.4 and later, on CPUs with WAITPKG) shows and takes what it allows of UMWAIT. */
const FOLDER = '/sys/devices/system/cpu/umwait_control';

function readNumber(path: string): number {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^\d+$/.test(text)) throw new Error(`'${text}' is no number`);
  return Number(text);
}

/**
 * What the operating system allows of UMWAIT, in words for `loop.reason`. Nothing depends on it: a wait that the limit cuts
 * short is repeated to its own deadline, and the CPU chooses C0.1 by itself where C0.2 is not allowed.
 * @param folder the files `max_time` (ticks of one wait; 0: no limit) and `enable_c02`
 */
export function describeUmwaitControl(folder: string = FOLDER): string {
  try {
    const maxTime = readNumber(join(folder, 'max_time'));
    const state = readNumber(join(folder, 'enable_c02')) === 0 ? 'C0.1 only' : 'C0.2 allowed';
    return `${maxTime === 0 ? 'no limit' : `at most ${maxTime} ticks`} a wait, ${state}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `the operating system's limit is unknown: umwait_control cannot be read (${code ?? message})`;
  }
}
