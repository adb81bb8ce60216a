import { workerData } from 'node:worker_threads';
import { DigestJobs } from '../lib/cli/digest-jobs.js';
import type { DigestThreadData } from '../lib/cli/digest-messages.js';
import { EventLoop } from '../lib/io/index.js';

const data = workerData as DigestThreadData;
new DigestJobs(EventLoop.attach({ idle: data.idle, kernelWait: 'enter' }), data);
