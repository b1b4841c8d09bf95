import { getSystemErrorMap } from 'node:util';

/*
 * The errors of this package: one family, told apart by `code`.
 *
 * Codes are stable; messages may improve. docs/errors.md lists each with its remedy.
 */

/** The codes that are not a system error's name. */
export type ErrorCode =
  /** An argument of the wrong type, or an option that does not exist. */
  | 'ERR_INVALID_ARGUMENT'
  /** An offset or length that is not a whole number of bytes or does not fit inside the region or file. */
  | 'ERR_OUT_OF_RANGE'
  /** An address that is not a multiple of the access's width, or of the page size for a DMA buffer. */
  | 'ERR_UNALIGNED'
  /** A value to write that is not an integer of the access's width; text of sysfs that is no number of JavaScript. */
  | 'ERR_INVALID_VALUE'
  /** A write to something that was opened for reading only. */
  | 'ERR_READ_ONLY'
  /** The device was removed, or the kernel asks for it back. */
  | 'ERR_REMOVED'
  /** Use of a mapping or device after its `close()`. */
  | 'ERR_CLOSED'
  /** An access was answered by a bus error, or its mapping is dead since an earlier one. */
  | 'ERR_BUS_FAULT'
  /** The engine asked for cannot be had here. */
  | 'ERR_ENGINE_UNAVAILABLE'
  /** Something this machine or this device cannot do. */
  | 'ERR_UNSUPPORTED'
  /** No device, map, BAR, driver or binary of that name. A file that is not there is the kernel's `ENOENT`. */
  | 'ERR_NOT_FOUND'
  /** More than one device or map of that name. */
  | 'ERR_AMBIGUOUS'
  /** A register did not get to the awaited value in time. */
  | 'ERR_TIMEOUT'
  /** An access that the register map rules out: a write to what is read-only, a read of what is write-only. */
  | 'ERR_REGISTER_ACCESS'
  /** A read that changes the device and was not asked for as such. */
  | 'ERR_READ_EFFECT'
  /** A register description that cannot be used: malformed, or contradicting itself. */
  | 'ERR_BAD_DESCRIPTION'
  /** An access that a replayed recording or a strict script did not expect. */
  | 'ERR_UNEXPECTED_ACCESS'
  /** A wait was given up through its `AbortSignal`. */
  | 'ABORT_ERR';

/** Every error that this package throws. `code` is an {@link ErrorCode} or a system error's name (`EACCES`). */
export class MmapioError extends Error {
  override name = 'MmapioError';
  readonly code: string;

  constructor(code: ErrorCode | (string & {}), message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type Remedy = string | ((code: string) => string | undefined) | undefined;

/** What the kernel refused, with the same properties as Node's own system errors. */
export class SystemError extends MmapioError {
  override name = 'SystemError';
  /** Negative errno, as in Node's errors (`-13` for EACCES). */
  readonly errno: number;
  /** The system call that failed. */
  readonly syscall: string;
  /** The file it was about, when there is one. */
  readonly path: string | undefined;

  /**
   * @param errno - negative errno
   * @param remedy - a sentence on what to do about it, where the kernel's reason is known; or what knows it by the code
   */
  constructor(errno: number, syscall: string, path?: string, remedy?: Remedy, options?: ErrorOptions) {
    const [code, description] = getSystemErrorMap().get(errno) ?? [`errno ${-errno}`, 'unknown error'];
    const where = path === undefined ? '' : ` '${path}'`;
    const advice = typeof remedy === 'function' ? remedy(code) : remedy;
    const hint = advice === undefined ? '' : `. ${advice}`;
    super(code, `${code}: ${description}, ${syscall}${where}${hint}`, options);
    this.errno = errno;
    this.syscall = syscall;
    this.path = path;
  }

  /** The same facts as an error of Node's own `fs`, which becomes the `cause`. Anything else is thrown as it is. */
  static from(error: unknown, remedy?: Remedy): SystemError {
    if (!(error instanceof Error) || !('errno' in error) || !('syscall' in error)) throw error;
    const { errno, syscall, path } = error as NodeJS.ErrnoException;
    return new SystemError(errno ?? 0, syscall ?? 'unknown', path, remedy, { cause: error });
  }
}

/** A bus error inside a mapping: nothing answered at that address, or the mapping is dead since then. */
export class BusError extends MmapioError {
  override name = 'BusError';
  /** The file or device that was mapped. */
  readonly path: string;
  /** Byte offset in the mapping at which the bus error happened. */
  readonly offset: number;

  constructor(path: string, offset: number, message: string) {
    super('ERR_BUS_FAULT', message);
    this.path = path;
    this.offset = offset;
  }
}

/** A wait given up through its `AbortSignal`; the signal's reason is the `cause`. */
export class AbortError extends MmapioError {
  override name = 'AbortError';

  constructor(signal: AbortSignal) {
    super('ABORT_ERR', 'The wait was aborted', { cause: signal.reason });
  }
}
