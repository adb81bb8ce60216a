import { describeKeepAlive } from '../support/keep-alive-cases.js';

describeKeepAlive('uring, enter');
