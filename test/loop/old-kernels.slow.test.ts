import { describeOldKernel, oldKernels } from '../support/old-kernel-cases.js';

for (const version of Object.keys(oldKernels)) if (version !== '5.10') describeOldKernel(version);
