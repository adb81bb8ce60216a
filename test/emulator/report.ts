import { type GuestEvent, linePrefix } from './protocol.js';

/** How many tests ended in which way. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const marks = { pass: '✓', fail: '×', skip: '↓' } as const;

/** Follows one guest: prints each test, counts, and notices what is missing at the end. */
export class GuestReport {
  readonly totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  readonly #label: string;
  readonly #print: (line: string) => void;
  /** Files that have not ended. */
  readonly #awaited: string[];
  #test = '';
  #file = '';
  #cpuS = 0;
  #fileBeganS = 0;
  #isOver = false;
  readonly #reported = new Set<string>();

  constructor(label: string, files: readonly string[], print: (line: string) => void) {
    this.#label = label;
    this.#print = print;
    this.#awaited = [...files];
  }

  /** Takes a line of the serial console, and the CPU time that the emulator has used by then. */
  onLine(line: string, cpuS: number): void {
    this.#cpuS = cpuS;
    if (!line.startsWith(linePrefix)) return this.#say(`| ${line}`);
    let event: GuestEvent;
    try {
      event = JSON.parse(line.slice(linePrefix.length));
    } catch {
      return this.#fail('(a line of the guest’s report)', `it cannot be read: ${line}`);
    }
    this.#onEvent(event);
  }

  #onEvent(event: GuestEvent): void {
    switch (event.event) {
      case 'up':
        return this.#say(`kernel ${event.kernel}, ${event.cpus} CPUs`);
      case 'begin':
        this.#sayHowLong();
        this.#file = event.file;
        return this.#say(event.file);
      case 'start':
        this.#test = event.name;
        return;
      case 'test':
        this.#reported.add(event.file);
        return this.#count(event.name, event.state, event.text);
      case 'end':
        return this.#endFile(event.file, event.status);
      case 'over':
        this.#sayHowLong();
        this.#isOver = true;
    }
  }

  /** In CPU time of the emulator's, for whoever wonders what takes long; the guest's own time says nothing. */
  #sayHowLong(): void {
    if (this.#file !== '') this.#say(`  ${Math.round(this.#cpuS - this.#fileBeganS)} s of CPU time`);
    this.#fileBeganS = this.#cpuS;
  }

  #endFile(file: string, status: number): void {
    const at = this.#awaited.indexOf(file);
    if (at >= 0) this.#awaited.splice(at, 1);
    // Of files that share a process, the last one to begin has ended it.
    if (status !== 0 && (file === this.#file || !this.#reported.has(file)))
      this.#fail(file, `it ended with status ${status}; the last test to begin was: ${this.#test}`);
    else if (!this.#reported.has(file)) this.#fail(file, 'it reported no test');
  }

  /** Takes note of the end of the boot: whatever was not reported has failed. */
  end(reason: string): void {
    if (!this.#isOver)
      this.#fail('(the guest)', `${reason}; the last test to begin was: ${this.#test || 'none'}`);
    for (const file of this.#awaited) this.#fail(file, 'it was not run');
  }

  #count(name: string, state: 'pass' | 'fail' | 'skip', text: string): void {
    if (state === 'pass') this.totals.passed++;
    else if (state === 'skip') this.totals.skipped++;
    else return this.#fail(name, text);
    this.#say(`  ${marks[state]} ${name}${text === '' ? '' : ` (${text.split('\n')[0]})`}`);
  }

  #fail(name: string, text: string): void {
    this.totals.failed++;
    this.#say(`  ${marks.fail} ${name}`);
    for (const line of text.split('\n')) this.#say(`      ${line}`);
  }

  #say(text: string): void {
    this.#print(`${this.#label} ${text}`);
  }
}
