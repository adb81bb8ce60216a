/** Something that the person who runs the tests must know and can change: printed without a stack. */
export class HarnessError extends Error {
  override name = 'HarnessError';
}
