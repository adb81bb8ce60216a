import { spawn, spawnSync } from 'node:child_process';
import type { Case, Effort, PreparedSuite, Suite } from '../support/case.js';
import { compileLimit } from '../support/limits.js';
import { NetServer } from '../support/net-server.js';
import { runCommand } from '../support/run-child.js';
import { SeveralFigures } from '../support/several-figures.js';
import type { NetServerKind, NetTask } from '../threads/net-plan.js';

const CONNECTIONS = 50;
const PIPELINED = 16;
const IDLE_CONNECTIONS = 10_000;
const GIB = 2 ** 30;
const NODE = 'node:net';

/** Requests of one run; before them a tenth as many, and at least so many that everything is compiled. */
interface Load {
  readonly atOnce: number;
  readonly requests: number;
  readonly warmUp: number;
}

interface PingFigures {
  readonly user: number;
  readonly total: number;
}

async function ask(port: number, requests: number, atOnce: number): Promise<void> {
  const load = ['-n', `${requests}`, '-c', `${CONNECTIONS}`, '-P', `${atOnce}`, '-t', 'ping_mbulk', '-q'];
  await runCommand('redis-benchmark', ['-p', `${port}`, ...load]);
}

/** CPU time of a server for each request, in microseconds. */
async function measurePings(kind: NetServerKind, { atOnce, requests, warmUp }: Load): Promise<PingFigures> {
  const server = await NetServer.start({ kind, task: 'ping', bytes: 0 });
  await ask(server.port, warmUp, atOnce);
  const before = await server.report();
  await ask(server.port, requests, atOnce);
  const after = await server.report();
  await server.stop();
  const answered = after.requests - before.requests;
  if (answered < requests) throw new Error(`${kind} answered ${answered} of ${requests} requests`);
  const user = (after.userMicroseconds - before.userMicroseconds) / answered;
  return { user, total: user + (after.systemMicroseconds - before.systemMicroseconds) / answered };
}

interface BulkFigures {
  readonly gibPerSecond: number;
  readonly cpuSeconds: number;
}

/** Transfers before the measured one: a few thousand turns, after which V8 compiles nothing more. */
const WARM_UP_TRANSFERS = 3;

/** One connection, after others that warm the server up. */
async function measureBulk(kind: NetServerKind, task: NetTask, bytes: number): Promise<BulkFigures> {
  const server = await NetServer.start({ kind, task, bytes });
  const peer = compileLimit('tcp-peer');
  const transfer = () =>
    runCommand(peer, [task === 'send' ? 'receive' : 'send', `${server.port}`, `${bytes}`]);
  for (let i = 0; i < WARM_UP_TRANSFERS; i++) await transfer();
  const before = await server.report();
  const beginMs = performance.now();
  await transfer();
  const seconds = (performance.now() - beginMs) / 1000;
  const after = await server.report();
  await server.stop();
  const microseconds =
    after.userMicroseconds + after.systemMicroseconds - before.userMicroseconds - before.systemMicroseconds;
  return { gibPerSecond: bytes / GIB / seconds, cpuSeconds: (microseconds / 1e6) * (GIB / bytes) };
}

/** Resident memory of a server for each connection that is open and idle, in KiB. */
async function measureIdle(kind: NetServerKind): Promise<number> {
  const server = await NetServer.start({ kind, task: 'ping', bytes: 0 });
  const before = await server.report('memory');
  const peer = spawn(compileLimit('tcp-peer'), ['idle', `${server.port}`, `${IDLE_CONNECTIONS}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const isOpen = await new Promise((resolve) => {
    peer.stdout.once('data', () => resolve(true));
    peer.once('close', () => resolve(false));
  });
  if (!isOpen) throw new Error('the client could not open its connections: ulimit -n must be above 10,100');
  const after = await server.report('memory');
  peer.stdin.end();
  await server.stop();
  return (after.residentBytes - before.residentBytes) / IDLE_CONNECTIONS / 1024;
}

function pingCases(load: Load, userTarget: number, totalTarget: number): Case[] {
  const figures = (kind: NetServerKind) => {
    const several = new SeveralFigures(() => measurePings(kind, load));
    return { user: several.figure(({ user }) => user), total: several.figure(({ total }) => total) };
  };
  const [ours, iterating, theirs] = [figures('wakeline'), figures('wakeline, for await'), figures(NODE)];
  const what = `PING, ${CONNECTIONS} connections${load.atOnce === 1 ? '' : `, ${load.atOnce} pipelined`}`;
  const base = { unit: 'µs of CPU', peer: NODE, direction: 'lower' } as const;
  return [
    { ...base, name: `${what}: user`, ours: ours.user, theirs: theirs.user, target: 1 / userTarget },
    {
      ...base,
      name: `${what}: user and system`,
      ours: ours.total,
      theirs: theirs.total,
      target: 1 / totalTarget,
    },
    { ...base, name: `${what}, for await: user`, ours: iterating.user, theirs: theirs.user, target: null },
    {
      ...base,
      name: `${what}, for await: user and system`,
      ours: iterating.total,
      theirs: theirs.total,
      target: null,
    },
  ];
}

function bulkCases(task: NetTask, bytes: number): Case[] {
  const figures = (kind: NetServerKind) => {
    const several = new SeveralFigures(() => measureBulk(kind, task, bytes));
    return {
      speed: several.figure(({ gibPerSecond }) => gibPerSecond),
      cpu: several.figure(({ cpuSeconds }) => cpuSeconds),
    };
  };
  const [ours, theirs] = [figures('wakeline'), figures(NODE)];
  const what = task === 'send' ? 'one connection, sending' : 'one connection, receiving';
  return [
    {
      name: `${what}: throughput`,
      unit: 'GiB/s',
      ours: ours.speed,
      peer: NODE,
      theirs: theirs.speed,
      direction: 'higher',
      target: 1.2,
    },
    {
      name: `${what}: CPU`,
      unit: 's per GiB',
      ours: ours.cpu,
      peer: NODE,
      theirs: theirs.cpu,
      direction: 'lower',
      target: 1 / 0.7,
    },
  ];
}

async function prepare({ isQuick }: Effort): Promise<PreparedSuite> {
  if (spawnSync('redis-benchmark', ['--version']).error) {
    throw new Error('the suite needs redis-benchmark (Debian: redis-tools)');
  }
  const bytes = isQuick ? GIB / 8 : GIB;
  const single: Load = {
    atOnce: 1,
    requests: isQuick ? 60_000 : 400_000,
    warmUp: isQuick ? 30_000 : 100_000,
  };
  const pipelined: Load = {
    atOnce: PIPELINED,
    requests: isQuick ? 400_000 : 4_000_000,
    warmUp: isQuick ? 200_000 : 1_600_000,
  };
  return {
    cases: [
      ...pingCases(single, 0.3, 0.8),
      ...pingCases(pipelined, 0.35, 0.75),
      ...bulkCases('receive', bytes),
      ...bulkCases('send', bytes),
      {
        name: `${IDLE_CONNECTIONS} idle connections: memory of each`,
        unit: 'KiB',
        ours: () => measureIdle('wakeline'),
        peer: NODE,
        theirs: () => measureIdle(NODE),
        direction: 'lower',
        target: 2,
      },
    ],
  };
}

/** TCP servers. */
export const netSuite: Suite = {
  name: 'net',
  note: 'a server process of its own for each run, its client redis-benchmark or a C program; of throughput and CPU of one connection, one has to be met',
  rounds: 5,
  prepare,
};
