import type { EventLoopOptions } from 'wakeline';
import type { Case } from '../support/case.js';
import { fixed } from '../support/fixed.js';
import { entryFile } from '../support/places.js';
import { runEntry } from '../support/run-child.js';
import type { LoopStage, PostingPlan, PostingResult } from '../threads/posting-plan.js';

/** Longest stage that `EventLoop.attach` takes. */
const WHOLE_STAGE_NS = 100_000_000;

function optionsFor(stage: LoopStage): EventLoopOptions {
  const spinNs = stage === 'spin' ? WHOLE_STAGE_NS : 0;
  const umwaitNs = stage === 'umwait' ? WHOLE_STAGE_NS : 0;
  return { kernelWait: 'enter', idle: { spinNs, umwaitNs, adaptive: false } };
}

/** Cases that count the poster's system calls for a message to a loop in each stage. */
export function postingCases(messages: number): Case[] {
  const post = (stage: LoopStage) => async () => {
    const plan: PostingPlan = { stage, options: optionsFor(stage), messages };
    const { messages: counted, calls } = await runEntry<PostingResult>(entryFile('posting'), plan);
    return calls / counted;
  };
  const posting = (state: string, stage: LoopStage, limit: number): Case => ({
    name: `posting to a loop that ${state}`,
    unit: 'system calls',
    ours: post(stage),
    peer: 'limit',
    theirs: fixed(limit),
    direction: 'lower',
    target: 1,
  });
  return [
    posting('is awake', 'awake', 0),
    posting('spins', 'spin', 0),
    posting("waits with the CPU's instruction", 'umwait', 0),
    posting('sleeps in the kernel', 'kernel', 1),
  ];
}
