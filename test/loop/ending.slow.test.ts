import { describe } from 'vitest';
import { describeEndings } from '../support/ending-cases.js';
import { nodeBinary, nodeMajors } from '../support/node-versions.js';

for (const major of nodeMajors) {
  describe(`on Node ${major}`, () => {
    describeEndings(nodeBinary(major), [
      'terminate',
      'exit',
      'throw',
      'throw in the worker',
      'SIGINT',
      'handled SIGINT',
    ]);
  });
}
