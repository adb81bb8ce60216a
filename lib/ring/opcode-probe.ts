import type { Native } from '../../ffi/index.js';
import { REGISTER_PROBE } from './ring-constants.js';
import { Probe } from './ring-descriptor.js';
import { UringError } from './uring-error.js';

/**
 * Asks the kernel which opcodes it has (Linux 5.6). Older kernels do not tell; they have those of 5.5 at the most, and
 * none of them that lib/io builds on, so the answer is then that there are none.
 */
export function probeOpcodes(native: Native, ringFd: number): ReadonlySet<number> {
  const bytes = new Uint8Array(new ArrayBuffer(Probe.lengthBytes));
  const result = native.system.ioUringRegister(
    ringFd,
    REGISTER_PROBE,
    native.memory.address(bytes),
    Probe.maxOpcodes,
  );
  if (result === EINVAL) return new Set();
  if (result < 0) throw new UringError(result, 'io_uring_register');
  const opcodes = new Set<number>();
  for (let index = 0; index < bytes[Probe.count]; index++) {
    const at = Probe.opcodes + index * Probe.opcodeBytes;
    if (bytes[at + Probe.flags] & Probe.supported) opcodes.add(bytes[at]);
  }
  return opcodes;
}

const EINVAL = -22;
