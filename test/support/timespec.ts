/** A `struct __kernel_timespec` of so many milliseconds, below a second. */
export function timespec(milliseconds: number): Int32Array {
  const words = new Int32Array(new ArrayBuffer(16));
  words[2] = milliseconds * 1e6;
  return words;
}
