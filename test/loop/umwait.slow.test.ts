import { describeDoze } from '../support/umwait-cases.js';

// A limit of one tick, or a wait that always ends at once, turns the doze into a spin of signals: nothing new for a loop.
const others = ['without a limit', 'when every third wait ends for no reason, with the limit'];
for (const when of others) describeDoze(when, []);
for (const when of [...others, 'with the default limit'])
  describeDoze(when, ['DEFER_TASKRUN', 'COOP_TASKRUN']);
