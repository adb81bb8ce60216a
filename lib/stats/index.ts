export { nowMs } from './clock.js';
export { type Counters, type CounterSnapshot, createCounters, snapshot, systemCallsOf } from './counters.js';
export { CounterIndex, type CounterName, counterNames } from './counters-descriptor.js';
