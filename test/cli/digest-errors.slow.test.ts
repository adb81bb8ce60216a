import { testBadFiles, testDeaths } from './error-cases.js';

testDeaths('uring');
for (const backend of ['epoll', 'portable']) {
  testBadFiles(backend);
  testDeaths(backend);
}
