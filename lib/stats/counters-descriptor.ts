/** Names of a loop's counters, in the order in which they lie in memory. All count since the loop was attached. */
export const counterNames = [
  /** Passes of the turn that found work. */
  'turns',
  /** Wakes: work was found without any idling ... */
  'wakesAwake',
  /** ... in the JavaScript spin ... */
  'wakesSpin',
  /** ... in the CPU's wait ... */
  'wakesUmwait',
  /** ... in the kernel, by a message or a completion. */
  'wakesKernel',
  /** Ends of a wait by libuv, in the kernel or, where the wake line shows it, in user mode: a socket, a signal, a timer. */
  'wakesLibuv',
  'messagesSent',
  'messagesReceived',
  /** Operations given to the ring, and completions reaped from it. */
  'submissions',
  'completions',
  /** System calls, by kind: `io_uring_enter`, ... */
  'callsEnter',
  /** ... eventfd writes: kernel wakes that this loop sent, ... */
  'callsKernelWake',
  /** ... eventfd reads, ... */
  'callsDrain',
  /** ... fences of all threads before a sleep, ... */
  'callsMembarrier',
  /** ... looks at libuv's epoll fd between the slices of a wait, ... */
  'callsLook',
  /** ... and offers of the CPU to other threads in a spin. */
  'callsYield',
  /** Idle stages that ended with nothing. */
  'spinsExpired',
  'umwaitsExpired',
  /** Times the idle policy saw its thread preempted while it spun. */
  'preemptions',
  /** Times the loop went to sleep in the kernel, ... */
  'sleeps',
  /** ... and those of them that the hook made by itself, without JavaScript. */
  'naps',
  /** Wait instructions of the CPU (with waiter `pause`: PAUSEs), ... */
  'waitInstructions',
  /** ... and those that the operating system's limit cut short (UMWAIT's CF = 1; umwait_control/max_time). */
  'waitsLimited',
] as const;

/** Name of one counter. */
export type CounterName = (typeof counterNames)[number];

/** Index of each counter in its Float64Array. */
export const CounterIndex = Object.fromEntries(counterNames.map((name, index) => [name, index])) as Readonly<
  Record<CounterName, number>
>;
