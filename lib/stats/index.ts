export { clockOffsetMs, nowMs } from './clock.js';
export { type CounterSnapshot, type Counters, createCounters, snapshot, systemCallsOf } from './counters.js';
export { CounterIndex, type CounterName, counterNames } from './counters-descriptor.js';
