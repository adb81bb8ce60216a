import { Piscina } from './piscina.js';
import type { AnyValue } from './piscina-module.js';

/** A pool of worker threads: the API of Piscina with defaults of our own. */
export class WorkerPool<T = AnyValue, R = AnyValue> extends Piscina<T, R> {}
