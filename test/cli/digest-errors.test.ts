import { testBadFilesTogether } from './error-cases.js';

testBadFilesTogether('uring');
