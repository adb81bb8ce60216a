import type { Libraries } from './koffi.js';

/** The kernel's own threads that do what io_uring cannot do at once: they belong to the calling thread (kernel-workers.c). */
export interface KernelWorkers {
  /** Keeps those that there are beyond the end of the thread's last ring. Before that one is closed. */
  keep(): void;
  /** Ends what `keep` began, after the thread's next ring was made. */
  release(): void;
}

/** Prepares the functions. They are declared when they are needed: in most threads they never are, and each takes memory. */
export function declareKernelWorkers({ koffi, own }: Libraries): KernelWorkers {
  const declare = (name: string): ((env: unknown) => void) => own.func(name, 'void', ['void *']);
  let isKept = false;
  return {
    keep() {
      declare('wl_workers_keep')(koffi.node.env);
      isKept = true;
    },
    release() {
      if (!isKept) return;
      declare('wl_workers_release')(koffi.node.env);
      isKept = false;
    },
  };
}
