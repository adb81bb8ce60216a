/** What the kernel says of an operation that a signal has interrupted: it is still to be done. */
export const EINTR = -4;
/**
 * What it says of one that was cancelled: by whoever asked for that, or by the kernel itself because it could start no worker
 * for it, which signals may bring about (io-wq.c, WORKER_INIT_LIMIT).
 */
export const ECANCELED = -125;
/** An operation that the kernel has cancelled by itself is begun again; if it finds no worker this often, it will find none. */
export const MOST_RESTARTS = 8;
