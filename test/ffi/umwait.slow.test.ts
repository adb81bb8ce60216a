import { describeUmwait, umwaitSurroundings } from '../support/umwait-cases.js';

const others = Object.keys(umwaitSurroundings).filter((when) => when !== 'with the default limit');
for (const when of others) describeUmwait(when);
