/** Where things lie in the guest's physical memory, in bytes. */
export const GuestMemory = {
  /** The page tables, and behind them the kernel's parameters and command line. */
  low: 0x100000,
  pageTables: 0x100000,
  parameters: 0x110000,
  commandLine: 0x111000,
  lowEnd: 0x112000,
  /** Where the kernel's program headers want it. */
  kernel: 0x1000000,
  initramfs: 0x8000000,
  /** Kept free at the top: for the firmware, and for what the kernel takes before it reads the initramfs. */
  top: 0x200000,
  bytes: 1024 * 1024 * 1024,
} as const;
