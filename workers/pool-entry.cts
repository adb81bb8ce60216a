/**
 * What Piscina requires in a thread of a pool: the handler of workers/pool.ts, imported. Node aborts the process when a
 * thread is terminated while it requires an ES module, not while it imports one.
 */
module.exports = import('./pool.js').then((entry) => entry.default);
