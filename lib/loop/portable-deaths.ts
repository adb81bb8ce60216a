import type { Worker } from 'node:worker_threads';
import { ByteRing } from '../queue/byte-ring-descriptor.js';
import { End, EndKind, EndPlace } from './channel-descriptor.js';

/**
 * Without native code nothing runs when a thread is terminated, so the thread that started it closes its channels: it
 * hears of the end as the Worker's `exit`. This covers the channels that were made on, or opened by, the thread that
 * started the Worker, which is how handles are passed on as a rule.
 */
const known = new Set<WeakRef<SharedArrayBuffer>>();
let isListening = false;

/** Remembers a channel of this thread, to be closed when a thread that holds one of its ends in backend `portable` ends. */
export function rememberChannel(memory: SharedArrayBuffer): void {
  known.add(new WeakRef(memory));
  if (isListening) return;
  isListening = true;
  process.on('worker', (worker: Worker) => {
    const { threadId } = worker;
    worker.once('exit', () => closeEndsOf(threadId));
  });
}

function closeEndsOf(threadId: number): void {
  for (const reference of known) {
    const memory = reference.deref();
    if (memory === undefined) known.delete(reference);
    else closeEnds(new Int32Array(memory), threadId);
  }
}

function closeEnds(words: Int32Array, threadId: number): void {
  const { sender, receiver } = EndPlace;
  if (isHeldBy(words, sender, threadId)) close(words, ByteRing.producerClosed, receiver);
  if (isHeldBy(words, receiver, threadId)) close(words, ByteRing.consumerClosed, sender);
}

function isHeldBy(words: Int32Array, end: number, threadId: number): boolean {
  return Atomics.load(words, end + End.kind) === EndKind.portable && words[end + End.threadId] === threadId;
}

function close(words: Int32Array, flag: number, otherEnd: number): void {
  Atomics.store(words, flag, 1);
  Atomics.add(words, otherEnd + End.bell, 1);
  Atomics.notify(words, otherEnd + End.bell);
}
