import { readFileSync } from 'node:fs';

/** What the kernel counts a process's time in, whatever its own tick (USER_HZ). */
const TICKS_PER_S = 100;

/**
 * CPU time that a process has used, in seconds: it stands still while the process is stopped, and while others have the CPU.
 * 0 for a process that is gone.
 */
export function cpuTimeS(processId: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/stat`, 'latin1');
  } catch {
    return 0;
  }
  // The program's name, in brackets, may hold spaces; the state is the third field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = fields.slice(14 - 3, 16 - 3).map(Number);
  return (user + system) / TICKS_PER_S;
}
