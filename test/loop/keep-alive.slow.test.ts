import { describeKeepAlive } from '../support/keep-alive-cases.js';

for (const kind of ['uring, libuv', 'epoll', 'portable']) describeKeepAlive(kind);
