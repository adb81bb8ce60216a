import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const room = 'BX_MEM_THIS block_size - (offset & (BX_MEM_THIS block_size - 1))';
const nextEvent = 'bx_pc_system.getNumCpuTicksLeftNextEvent()';

const patches: readonly Patch[] = [
  // An image in guest memory may cross blocks of 128 KiB, which do not lie side by side: read one at a time.
  {
    file: 'memory/misc_mem.cc',
    from: `    ret = read(fd, (bx_ptr_t) BX_MEM_THIS get_vector(offset), size);
    if (ret <= 0) {
      BX_PANIC(("RAM:`,
    to: `    unsigned long room = ${room};
    ret = read(fd, (bx_ptr_t) BX_MEM_THIS get_vector(offset), size < room ? size : room);
    if (ret <= 0) {
      BX_PANIC(("RAM:`,
  },
  // While every CPU waits, nothing happens before the next event of the machine: go there at once. Bochs counts up to
  // it in small steps, which takes seconds of real time for a second of the guest's.
  {
    file: 'main.cc',
    from: '        Bit32u executed = 0, processor = 0;\n',
    to: '        Bit32u executed = 0, processor = 0, waiting = 0;\n',
  },
  {
    file: 'main.cc',
    from: '           if (n == 0) n = quantum; // the CPU was halted\n',
    to: '           if (n == 0) { n = quantum; waiting++; }\n',
  },
  {
    file: 'main.cc',
    from: `             BX_TICKN(executed / BX_SMP_PROCESSORS);
             executed %= BX_SMP_PROCESSORS;
`,
    to: `             BX_TICKN(waiting == BX_SMP_PROCESSORS ? ${nextEvent} : executed / BX_SMP_PROCESSORS);
             executed %= BX_SMP_PROCESSORS;
             waiting = 0;
`,
  },
  {
    file: 'cpu/event.cc',
    from: '    BX_TICKN(10); // when in HLT run time faster for single CPU\n',
    to: `    BX_TICKN(${nextEvent});\n`,
  },
];

/** Changes Bochs's source where the tests need it. */
export function patchBochs(source: string): void {
  for (const { file, from, to } of patches) {
    const path = join(source, file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${path} is not the source that its patch was written for`);
    writeFileSync(path, parts.join(to));
  }
}
