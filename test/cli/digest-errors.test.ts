import { testBadFiles } from './error-cases.js';

testBadFiles('uring');
