import { testBadFiles, testDeaths } from './error-cases.js';

for (const backend of ['uring', 'epoll', 'portable']) {
  testBadFiles(backend);
  testDeaths(backend);
}
