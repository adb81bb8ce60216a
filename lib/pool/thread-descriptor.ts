/** Words that a pool shares with one of its threads. */
export const ThreadWord = {
  /** A value of `Boot`. */
  boot: 0,
  /** First of `SLOTS` words, one for each task that the thread may hold: a value of `SlotState`. */
  slots: 16,
} as const;

/** Tasks that one thread may hold at a time, at the most. */
export const SLOTS = 4096;

/** Length of the words in bytes. Pages that no task has touched cost no memory. */
export const THREAD_WORDS_BYTES = (ThreadWord.slots + SLOTS) * Int32Array.BYTES_PER_ELEMENT;

/** Length of the words of a thread that takes no tasks, in bytes. */
export const BOOT_WORDS_BYTES = (ThreadWord.boot + 1) * Int32Array.BYTES_PER_ELEMENT;

/**
 * How far a thread has come. koffi cannot be loaded, nor an ES module be required, while its thread is terminated (the
 * process would abort), so a thread is only terminated before `loading` or while it is `up`.
 */
export const Boot = {
  /** Native code is not loaded yet. */
  begun: 0,
  loading: 1,
  up: 2,
  /** Written by the pool. A thread that is `loading` or `requiring` says with `up` when that is over; none begins with it. */
  doomed: 3,
  /** A user's file is being required. */
  requiring: 4,
} as const;

/** What a task's header word holds besides its kind, from the low bits up. */
export const Header = {
  kindBits: 5,
  kindMask: 0x1f,
  slotBits: 12,
  slotMask: 0xfff,
  /** Above the slot: the handler of a task, or nothing. */
  handlerShift: 17,
  handlers: 1 << 14,
} as const;

/** Kinds of record from the pool to a thread. Each is the tag of its payload. */
export const ToThread = {
  /** Run a handler with the payload. */
  run: 0,
  /** The same, and tell how long it took. */
  runTimed: 1,
  /** The payload names a handler: `[filename, name]`; the header holds the number it gets. */
  handler: 2,
  /** The same as the first two, but only when the thread has room, and only if it takes the task by its slot word. */
  runAhead: 3,
  runAheadTimed: 4,
  /** The task in the slot is cancelled; the payload is the reason. Its word says so already. */
  cancel: 5,
  /** Run a handler whose result is an iterable, and send its values one by one. */
  iterate: 6,
  /** The payload says how many more values the iteration in the slot may send. */
  credit: 7,
} as const;

/** Kinds of record from a thread to its pool. Each is the tag of its payload. */
export const ToPool = {
  result: 0,
  /** The payload is what was thrown: an encoded Error. */
  error: 1,
  /** The payload is what was thrown: any other value. */
  thrown: 2,
  /** Whole milliseconds that the task took; its result follows. */
  time: 3,
  /** A task that was withdrawn has been passed: its slot is free. */
  passed: 4,
  /** A value of an iteration. */
  value: 5,
} as const;

/** Values of a slot's word while its task is ahead. */
export const SlotState = {
  /** The thread has begun the task. */
  taken: 0,
  /** The task waits in the thread's mailbox; either side may change this by a compare-and-swap. */
  queued: 1,
  /** The pool has taken the task back. */
  withdrawn: 2,
  /** The pool has cancelled the running task. */
  cancelled: 3,
} as const;

/** Set in a kind when the payload comes by the MessagePort at the side. */
export const BY_PORT = 0x10;
