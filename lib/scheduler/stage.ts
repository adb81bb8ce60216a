/** The stage in which an idle loop was when work came; `none`: it did not come. */
export const Stage = { none: -1, awake: 0, spin: 1, umwait: 2, kernel: 3 } as const;
