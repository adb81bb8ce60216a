import { capacityLimits, createByteRing } from '../queue/index.js';
import { rememberChannel } from './portable-deaths.js';
import { checkObject, checkPowerOfTwo, wrongType } from './validate.js';

/** One end of a channel as a plain value: pass it by `workerData` or `postMessage`, open it on the thread that uses it. */
export interface ChannelHandle<Role extends 'sender' | 'receiver' = 'sender' | 'receiver', T = unknown> {
  readonly wakeline: Role;
  readonly memory: SharedArrayBuffer;
  /** Only for the type checker. */
  readonly carries?: T;
}

/** Options of a channel. */
export interface ChannelOptions {
  /** Size of its ring in bytes, a power of two from 256 to 2^28. Default 262,144. Larger values still arrive, in pieces. */
  readonly capacityBytes?: number;
}

/** Room for a few values of 64 KiB, the usual size of a stream's chunk: what exceeds half a ring goes in pieces. */
const DEFAULT_CAPACITY_BYTES = 262_144;

/** A one-way queue from one thread to another. Make it anywhere, pass its ends on, open each once. */
export class Channel<T = unknown> {
  readonly sender: ChannelHandle<'sender', T>;
  readonly receiver: ChannelHandle<'receiver', T>;

  /** @throws {TypeError | RangeError} that names the option and the value */
  constructor(options: ChannelOptions = {}) {
    const given = checkObject('options', options, ['capacityBytes']);
    const { min, max } = capacityLimits;
    const memory = createByteRing(
      checkPowerOfTwo('capacityBytes', given.capacityBytes, min, max, DEFAULT_CAPACITY_BYTES),
    );
    rememberChannel(memory);
    this.sender = { wakeline: 'sender', memory };
    this.receiver = { wakeline: 'receiver', memory };
  }
}

/** Checks that a value is a handle of the given role, and returns its memory. */
export function memoryOf(role: 'sender' | 'receiver', handle: unknown): SharedArrayBuffer {
  const isHandle =
    handle !== null && typeof handle === 'object' && (handle as ChannelHandle).wakeline === role;
  if (!isHandle || !((handle as ChannelHandle).memory instanceof SharedArrayBuffer)) {
    throw wrongType('handle', `the ${role} of a Channel`, handle);
  }
  return (handle as ChannelHandle).memory;
}
