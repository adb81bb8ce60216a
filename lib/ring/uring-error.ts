import { getSystemErrorMap } from 'node:util';
import { errnoName } from '../../ffi/index.js';

/**
 * A system call or an io_uring operation that failed; shaped like Node's own system errors.
 * `code` is the name ('ENOENT'), `errno` the negative number as in Node, `syscall` what was asked for, and `path`
 * the file, where there is one; `dest` is the other one of a rename or a link.
 */
export class UringError extends Error {
  override readonly name = 'UringError';
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  // Only declared: an error without a path has no such property, as in Node.
  declare readonly path?: string;
  declare readonly dest?: string;

  /** @param result the negative result of the call (`-errno`) */
  constructor(result: number, syscall: string, path?: string, dest?: string) {
    const code = errnoName(-result);
    const where = (path === undefined ? '' : ` '${path}'`) + (dest === undefined ? '' : ` -> '${dest}'`);
    super(`${code}: ${getSystemErrorMap().get(result)?.[1] ?? 'system call failed'}, ${syscall}${where}`);
    this.code = code;
    this.errno = result;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
    if (dest !== undefined) this.dest = dest;
  }
}
