import { workerData } from 'node:worker_threads';
import { DigestJobs } from '../lib/cli/digest-jobs.js';
import type { DigestThreadData } from '../lib/cli/digest-messages.js';
import { ReadingLoop } from '../lib/io/reading-loop.js';
import { attachSafely } from '../lib/pool/safe-start.js';

// From files and not from the folders' indices: a thread starts sooner that loads no more than it needs.
const data = workerData as DigestThreadData;
function attach(): ReadingLoop {
  const loop = ReadingLoop.attach({ idle: data.idle, kernelWait: 'enter' });
  loop.prepareToSend(data.answers);
  return loop;
}
void attachSafely(data.words, attach).then((loop) => new DigestJobs(loop, data));
