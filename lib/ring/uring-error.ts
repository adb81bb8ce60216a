import { errnoName } from '../../ffi/index.js';

const descriptions: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'illegal operation on a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many symbolic links encountered',
  EMFILE: 'too many open files',
  ENOMEM: 'not enough memory',
  ENOSYS: 'function not implemented',
  EINVAL: 'invalid argument',
  ECANCELED: 'operation canceled',
  EBADF: 'bad file descriptor',
  EIO: 'i/o error',
};

/**
 * A system call or an io_uring operation that failed; shaped like Node's own system errors.
 * `code` is the name ('ENOENT'), `errno` the negative number as in Node, `syscall` what was asked for, and `path`
 * the file, where there is one.
 */
export class UringError extends Error {
  override readonly name = 'UringError';
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;

  /** @param result the negative result of the call (`-errno`) */
  constructor(result: number, syscall: string, path?: string) {
    const code = errnoName(-result);
    const where = path === undefined ? '' : ` '${path}'`;
    super(`${code}: ${descriptions[code] ?? 'system call failed'}, ${syscall}${where}`);
    this.code = code;
    this.errno = result;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
  }
}
