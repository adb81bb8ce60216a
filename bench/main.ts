import { Argument, Command } from 'commander';
import { suites } from './suites/index.js';
import type { Outcome, Suite } from './support/case.js';
import { effortOf } from './support/effort.js';
import { describeMachine, machineLine } from './support/machine.js';
import { tableOf } from './support/print-table.js';
import { runSuite } from './support/run-suite.js';

interface Options {
  readonly json?: true;
  readonly quick?: true;
}

/** Says on a terminal what is being done; the line is overwritten by the next. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function run(chosen: readonly Suite[], options: Options): Promise<void> {
  const isJson = options.json === true;
  const all: Outcome[] = [];
  const machine = machineLine(await describeMachine());
  if (isJson) process.stderr.write(`${machine}\n`);
  else console.log(machine);
  for (const suite of chosen) {
    const { outcomes, rounds } = await runSuite(suite, effortOf(suite, options.quick === true), tell);
    tell('');
    all.push(...outcomes);
    if (!isJson)
      console.log(`\n${suite.name} (medians of ${rounds} runs): ${suite.note}\n${tableOf(outcomes)}`);
  }
  if (isJson) console.log(JSON.stringify(all, undefined, 2));
}

const names = suites.map((suite) => suite.name);
const program = new Command('bench')
  .description(
    'Measures Wakeline beside its peers. A ratio is always written so that larger is better for Wakeline.',
  )
  .addArgument(new Argument('[suites...]', 'suites to run; all of them when none is named').choices(names))
  .option('--json', 'print one JSON array of outcomes on stdout, and nothing else')
  .option('--quick', 'at most 20 seconds a suite, with fewer and shorter runs')
  .action(async (named: string[], options: Options) => {
    await run(named.length === 0 ? suites : suites.filter((suite) => named.includes(suite.name)), options);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
