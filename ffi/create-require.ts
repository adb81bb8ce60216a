/**
 * Node's `createRequire`. Files of the build that are CommonJS have their own `require` in its place (workers/bundle.mjs):
 * `node:module` takes 60 KB of each thread.
 */
export { createRequire } from 'node:module';
