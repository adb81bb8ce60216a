import { testBadFiles, testDeaths } from './error-cases.js';

for (const backend of ['epoll', 'portable']) {
  testBadFiles(backend);
  testDeaths(backend);
}
