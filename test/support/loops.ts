import type { EventLoopOptions } from 'wakeline';

/** Every kind of loop that tests go through, by name. */
export const loopKinds: Readonly<Record<string, EventLoopOptions>> = {
  'uring, enter': { backend: 'uring', kernelWait: 'enter' },
  'uring, libuv': { backend: 'uring', kernelWait: 'libuv' },
  epoll: { backend: 'epoll' },
  portable: { backend: 'portable' },
};
