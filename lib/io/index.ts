export { AbortError } from './abort.js';
export type { LentBuffer } from './buffer-arena.js';
export { type BytePath, bytePathOf, bytePathOfBytes, bytesOf, displayPath } from './byte-path.js';
export type { Advice, AdviseOptions } from './descriptor/advise.js';
export { PollEvent } from './descriptor/poll.js';
export type { SpliceOptions } from './descriptor/splice.js';
export type { ChildState, WaitOptions, WaitTarget } from './descriptor/wait-id.js';
export { EventLoop } from './event-loop.js';
export type { CopyFileOptions } from './file/copy-file.js';
export type { Data } from './file/data.js';
export type { File, SignalOptions, StatOptions, TransferOptions, VectorOptions } from './file/file.js';
export type { FileReadable, ReadableOptions } from './file/file-readable.js';
export type { BigIntFileStats, FileStats } from './file/file-stats.js';
export type { FileStreamOptions } from './file/file-stream.js';
export type { OpenOptions } from './file/file-system.js';
export type { FileWritable, WritableOptions } from './file/file-writable.js';
export type { MkdirOptions } from './file/make-directory.js';
export type { OpenFlags } from './file/open-flags.js';
export type { PathLike } from './file/path.js';
export type { ReadFileOptions } from './file/read-file.js';
export type { ResolveRule } from './file/resolve-rules.js';
export type { WriteFileOptions } from './file/write-file.js';
export { FileReader, type FileReaderOptions } from './file-reader.js';
export type { FileSink } from './file-sink.js';
export type {
  BindOptions,
  ConnectOptions,
  Datagram,
  DatagramSocket,
  InternetAddress,
  Listener,
  ListenOptions,
  NetAddress,
  Socket,
  SocketHandlers,
  SocketOptions,
  SocketReadOptions,
  SocketWriteOptions,
  UnixSocketAddress,
} from './net/index.js';
export type { Address, RingAccess, SubmissionEntry, SubmitOptions } from './ring-access.js';
export type { TimerOptions } from './timer/timers.js';
