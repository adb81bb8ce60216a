import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { EventLoop } from 'wakeline';
import { programOrSkip } from '../../support/programs.js';
import { pattern } from './pairs.js';

const OPCODE_SEND = 26;
const OPCODE_SEND_ZC = 47;
const ENTRY_WORDS = 16;
const HERE = '10.213.77.1';
const THERE = '10.213.77.2';
/** A server that tells its port, and of all that it was sent the length and the digest. */
const receiver = `
  const hash = require('node:crypto').createHash('sha256');
  let bytes = 0;
  const server = require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => { bytes += chunk.length; hash.update(chunk); });
    socket.on('end', () => { console.log(bytes + ' ' + hash.digest('hex')); socket.end(); server.close(); });
  }).listen(0, '${THERE}', () => console.log(server.address().port));`;

/** Runs `ip`; where it may not, the test is skipped and says what `ip` said. */
function ip(context: TestContext, command: string): void {
  const run = spawnSync('ip', command.split(' '), { encoding: 'utf8' });
  if (run.status !== 0) context.skip(`'ip ${command}': ${run.stderr.trim()}`);
}

/** A network namespace of its own, behind a pair of virtual Ethernet devices: to the kernel, another machine. */
function makeOtherMachine(context: TestContext): string {
  programOrSkip(context, 'ip', 'iproute2');
  if (process.getuid?.() !== 0) context.skip('only root makes a network namespace');
  const name = `wakeline-${process.pid}`;
  const [near, far] = [`wl${process.pid}a`, `wl${process.pid}b`];
  ip(context, `netns add ${name}`);
  onTestFinished(() => void spawnSync('ip', ['netns', 'del', name]));
  ip(context, `link add ${near} type veth peer name ${far} netns ${name}`);
  ip(context, `addr add ${HERE}/30 dev ${near}`);
  ip(context, `link set ${near} up`);
  ip(context, `-n ${name} addr add ${THERE}/30 dev ${far}`);
  ip(context, `-n ${name} link set ${far} up`);
  return name;
}

/** How often an opcode stands among the ring's submission entries, which keep what they held last. */
function countEntries(loop: EventLoop, opcode: number): number {
  const { sqes } = loop.ring!.setUp.memory;
  let count = 0;
  for (let at = 0; at < sqes.length; at += ENTRY_WORDS) if ((sqes[at] & 0xff) === opcode) count++;
  return count;
}

for (const [what, options, isUsed] of [
  ['without copying by default', {}, true],
  ['by copying if zeroCopyBytes is 0', { zeroCopyBytes: 0 }, false],
] as const) {
  test(`large writes to another machine go out ${what}, and arrive unchanged`, async (context) => {
    const name = makeOtherMachine(context);
    const loop = EventLoop.attach();
    onTestFinished(() => loop.close());
    if (!loop.ring?.has('SEND_ZC')) context.skip('the ring has no SEND_ZC (before 6.0)');
    const peer = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', receiver]);
    onTestFinished(() => void peer.kill());
    const lines = createInterface(peer.stdout)[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const socket = await loop.connect({ port, host: THERE, ...options });
    expect(countEntries(loop, OPCODE_SEND_ZC)).toBe(0);
    const bytes = pattern(1_000_000);
    // Filled with others as soon as the write says that it may be: what arrives must be what was written.
    await socket.write(bytes.subarray(0, 500_000));
    expect(countEntries(loop, OPCODE_SEND_ZC) > 0).toBe(isUsed);
    expect(countEntries(loop, OPCODE_SEND) > 0).toBe(!isUsed);
    bytes.fill(0, 0, 500_000);
    await socket.write(bytes.subarray(500_000));
    await socket.end();
    const digest = createHash('sha256').update(pattern(1_000_000)).digest('hex');
    expect((await lines.next()).value).toBe(`1000000 ${digest}`);
    await once(peer, 'close');
  });
}
