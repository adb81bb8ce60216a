import { describeUmwait } from '../support/umwait-cases.js';

describeUmwait('with the default limit');
