// wake-word [umwait | mwaitx | wfe | pause]: one wait for a completion of io_uring and for another thread's store. Prints
// what ended each wait, and verifies it. Status: 0 verified, 1 wrong, 77 this machine lacks what it needs.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { native as load, type Native, WaitDescriptor as Wait } from 'wakeline/ffi';
import { Operations, Ring, RingUnavailableError } from 'wakeline/ring';
import { chooseWaiter, type WaiterName, whyNoWaiter } from 'wakeline/scheduler';

const [SOON_NS, LONG_NS, VALUE, ETIME] = [5_000_000, 10_000_000_000, 42, 62];

function skip(reason: string): never {
  console.log(`skipped: ${reason}`);
  process.exit(77);
}

function verify(woken: string, expected: string, number: number, expectedNumber: number): void {
  const isRight = woken === expected && number === expectedNumber;
  console.log(`${isRight ? 'ok' : 'WRONG'}: woken by ${woken}, ${number}`);
  if (!isRight) process.exitCode = 1;
}

function main(native: Native): void {
  const chosen = process.argv[2] ?? chooseWaiter(native.cpu.features).name;
  const lack = whyNoWaiter(chosen as WaiterName, native.cpu.features);
  if (lack !== undefined || chosen === 'none') skip(`no ${chosen}: ${lack}`);
  const waitInstruction = native.cpu[chosen as Exclude<WaiterName, 'none'>];

  // Without flags the kernel interrupts this thread to move the completion tail, also while it waits in user mode.
  const ring = new Ring(native, { without: ['COOP_TASKRUN', 'DEFER_TASKRUN'] });
  const offset = ring.wakeWord.wakeWord ?? skip("there is no free word in the completion tail's cache line");
  console.log(`cq.tail at ${ring.layout.cqTail}, wake word at ${offset}, waiter ${chosen}`);
  const { words, wordsAddress } = ring.memory;
  let seen = 0;
  words[offset / 4] = seen; // the kernel clears the header at set-up; from here on the word is ours

  // What to watch: the tail, whose cache line the CPU monitors, and the wake word in the same line.
  const watch = new Int32Array(new ArrayBuffer(Wait.lengthBytes));
  const addresses = [wordsAddress + ring.layout.cqTail, wordsAddress + offset].map(BigInt);
  new BigUint64Array(watch.buffer, Wait.address * 4).set(addresses);
  watch.fill(-1, Wait.mask, Wait.mask + 2);
  watch[Wait.count] = 2;
  /** Arms the monitor, compares both words, waits; again and again, until one changed or the time is over. */
  const wait = (nanoseconds: number): string => {
    watch[Wait.expected] = ring.reaped;
    watch[Wait.expected + 1] = seen;
    waitInstruction(native.memory.address(watch), nanoseconds);
    return ['the deadline', "the kernel's completion", "another thread's store", 'both'][watch[Wait.changed]];
  };

  new Worker(new URL(import.meta.url), { workerData: wordsAddress + offset });
  let woken = wait(LONG_NS);
  seen = Atomics.load(words, offset / 4);
  verify(woken, "another thread's store", seen, VALUE);

  const operations = new Operations(ring);
  const time = new BigInt64Array([0n, BigInt(SOON_NS)]);
  const onCompletion = (result: number): void => verify(woken, "the kernel's completion", result, -ETIME);
  operations.timeout({ onCompletion }, time, native.memory.address(time));
  ring.submit();
  woken = wait(LONG_NS);
  if (ring.reap(operations, 1) !== 1) verify(woken, "the kernel's completion", 0, -ETIME);

  verify(wait(SOON_NS), 'the deadline', words[offset / 4], VALUE);
  ring.close();
}

/** The other thread: a while later, one plain store to an address. No system call; nothing but the word is shared. */
function storeLater(native: Native, address: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SOON_NS / 1e6);
  new Int32Array(native.memory.view(address, 4))[0] = VALUE;
}

const loaded = load();
if (typeof loaded === 'string') skip(loaded);
try {
  isMainThread ? main(loaded) : storeLater(loaded, workerData);
} catch (error) {
  if (error instanceof RingUnavailableError) skip(`no io_uring: ${error.code}`);
  throw error;
}
