export { AbortError } from './abort.js';
export { type BytePath, bytePathOf, bytePathOfBytes, bytesOf, displayPath } from './byte-path.js';
export { EventLoop } from './event-loop.js';
export { FileReader, type FileReaderOptions } from './file-reader.js';
export type { FileSink } from './file-sink.js';
