import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { NetPlan, NetReport } from '../threads/net-plan.js';
import { entryFile } from './places.js';

/** A server in a process of its own, measured while a client of another kind asks it. */
export class NetServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  /** Starts the process, and waits until it listens. */
  static async start(plan: NetPlan): Promise<NetServer> {
    const given = [fileURLToPath(entryFile('net-server')), JSON.stringify(plan)];
    const child = spawn(process.execPath, given, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return new NetServer(child, lines, (await readReport(lines)).port);
  }

  /** Asks for its figures. */
  report(line: '' | 'memory' = ''): Promise<NetReport> {
    this.#child.stdin!.write(`${line}\n`);
    return readReport(this.#lines);
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin!.end();
    await closed;
  }
}

async function readReport(lines: AsyncIterator<string>): Promise<NetReport> {
  const { done, value } = await lines.next();
  if (done) throw new Error('the server ended before it was asked to');
  return JSON.parse(value) as NetReport;
}
