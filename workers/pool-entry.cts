/**
 * What Piscina requires in a thread of a pool. CommonJS all the way: a thread takes less memory for it, and Node 20 aborts the
 * process when a thread is terminated while it requires an ES module.
 */
// Piscina awaits the handler that it requires: the thread counts as ready when the user's handler is loaded.
module.exports = (
  require('../chunks/core.cjs') as typeof import('../lib/pool/serve-thread.js')
).serveThread();
