import { serveThread } from '../lib/pool/serve-thread.js';

// Piscina awaits the handler that it imports: the thread counts as ready when the user's handler is loaded.
export default serveThread();
