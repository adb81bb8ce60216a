import type { Suite } from '../support/case.js';
import { channelSuite } from './channel.js';
import { digestSuite } from './digest.js';
import { fileSuite } from './file.js';
import { idleSuite } from './idle.js';
import { netSuite } from './net.js';
import { poolSuite } from './pool.js';
import { wakeSuite } from './wake.js';

/** Every suite, in the order in which they run. */
export const suites: readonly Suite[] = [
  channelSuite,
  wakeSuite,
  idleSuite,
  poolSuite,
  digestSuite,
  fileSuite,
  netSuite,
];
