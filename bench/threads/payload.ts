import type { PayloadName } from './pair-plan.js';

const VALUES = 10;
const BYTES = 65_536;

/** Makes the value that is sent. */
export function payloadOf(name: PayloadName): unknown {
  if (name === 'integer') return 123_456;
  if (name === 'bytes') return new Uint8Array(BYTES).fill(7);
  return {
    id: 4711,
    name: 'a small object',
    values: Array.from({ length: VALUES }, (_, index) => index * 1.5),
  };
}
