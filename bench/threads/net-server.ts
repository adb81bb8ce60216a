// A server whose CPU time and memory are measured while redis-benchmark, or bench/limits/tcp-peer.c, is its client.
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EventLoop, type InternetAddress, type Socket, type SocketHandlers } from 'wakeline';
import type { NetPlan, NetReport } from './net-plan.js';
import { answerTo, PingParser } from './ping-parser.js';
import { readPlan } from './report-result.js';

const HOST = '127.0.0.1';
const CHUNK = Buffer.alloc(65_536, 0x61);
const plan = readPlan<NetPlan>();
let requests = 0;

function count(done: number): void {
  requests += done;
}

/** A socket that remembers where in a PING its last chunk ended. */
type WithParser<T> = T & { parser?: PingParser };

function answerChunk(socket: WithParser<object>, bytes: Uint8Array, lengthBytes: number): Buffer {
  socket.parser ??= new PingParser();
  const pings = socket.parser.push(bytes, lengthBytes);
  count(pings);
  return answerTo(pings);
}

const handlers: Record<NetPlan['task'], SocketHandlers> = {
  ping: {
    onData(socket, bytes, lengthBytes) {
      socket.enqueue(answerChunk(socket, bytes, lengthBytes));
    },
  },
  receive: { onData: (_socket, _bytes, lengthBytes) => count(lengthBytes) },
  send: { onData() {} },
};

async function sendAll(socket: Socket): Promise<void> {
  for (let left = plan.bytes; left > 0; left -= CHUNK.length) {
    if (!socket.enqueue(CHUNK)) await socket.drained();
  }
  await socket.end();
}

async function iterate(socket: Socket): Promise<void> {
  for await (const chunk of socket) {
    if (plan.task === 'ping') socket.enqueue(answerChunk(socket, chunk, chunk.length));
    else count(chunk.length);
  }
  await socket.end();
}

/** redis-benchmark and tcp-peer end by reset. */
const ignore = (): void => {};

async function startWakeline(): Promise<number> {
  // It sleeps whenever it is idle: waiting in user mode is CPU time too.
  const loop = EventLoop.attach({ kernelWait: 'enter', idle: { spinNs: 0, umwaitNs: 0 } });
  const listener = await loop.listen({ port: 0, host: HOST }, (socket) => {
    if (plan.task === 'send') sendAll(socket).catch(ignore);
    else if (plan.kind === 'wakeline') socket.handle(handlers[plan.task]);
    else iterate(socket).catch(ignore);
  });
  return (listener.address as InternetAddress).port;
}

function sendAllByNode(socket: net.Socket): void {
  let left = plan.bytes;
  const fill = (): void => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!socket.write(CHUNK)) return void socket.once('drain', fill);
    }
    socket.end();
  };
  fill();
}

function startNode(): Promise<number> {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', ignore);
    if (plan.task === 'send') sendAllByNode(socket);
    else if (plan.task === 'receive') socket.on('data', (chunk) => count(chunk.length));
    else socket.on('data', (chunk: Buffer) => void socket.write(answerChunk(socket, chunk, chunk.length)));
  });
  return new Promise((resolve) => {
    server.listen(0, HOST, () => resolve((server.address() as net.AddressInfo).port));
  });
}

const port = await (plan.kind === 'node:net' ? startNode() : startWakeline());
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function report(line: string): void {
  if (line === 'memory') for (let i = 0; i < 3; i++) collect();
  const { user, system } = process.cpuUsage();
  const current: NetReport = {
    port,
    userMicroseconds: user,
    systemMicroseconds: system,
    residentBytes: process.memoryUsage.rss(),
    requests,
  };
  process.stdout.write(`${JSON.stringify(current)}\n`);
}

createInterface(process.stdin)
  .on('line', report)
  .on('close', () => process.exit());
report('');
