declare const bytePath: unique symbol;

/**
 * A file name as the kernel has it: bytes, of which Linux forbids only NUL and '/'. Each character of the string is one
 * byte (latin1), so nothing is lost of a name that is no UTF-8, it is a plain string to V8 and to channels, and `<` orders
 * names by their bytes.
 */
export type BytePath = string & { readonly [bytePath]: true };

/** The name that a text stands for: its UTF-8 bytes. */
export function bytePathOf(text: string): BytePath {
  return Buffer.from(text).toString('latin1') as BytePath;
}

/** The name whose bytes a directory gave. */
export function bytePathOfBytes(bytes: Buffer): BytePath {
  return bytes.toString('latin1') as BytePath;
}

/** The name's bytes, as `node:fs` takes them. */
export function bytesOf(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** The name for people to read; bytes that are no UTF-8 show as U+FFFD, as everywhere in Node. */
export function displayPath(path: BytePath): string {
  // Most names are ASCII, and then they are their own text.
  return /^[\0-\x7f]*$/.test(path) ? path : bytesOf(path).toString();
}
