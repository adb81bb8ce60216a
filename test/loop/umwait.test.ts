import { describeDoze } from '../support/umwait-cases.js';

describeDoze('with the default limit', []);
