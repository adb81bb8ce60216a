import { afterAll } from 'vitest';
import { EventLoop } from 'wakeline';

// Runs for each file of those that share a process, whose main thread then has no loop for the next file: a pool leaves
// the one that it has attached.
afterAll(() => EventLoop.current?.close());
