import { describeEndings } from '../support/ending-cases.js';

describeEndings(process.execPath, ['terminate']);
