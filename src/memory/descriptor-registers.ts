import { inspect } from 'node:util';
import { checkByteCount, hex, show } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import type { Owned } from '../owned.js';
import type { RegisterIO } from '../register-io.js';
import { checkValue } from './values.js';

/** Registers that are reached with pread(2) and pwrite(2): configuration space, I/O ports. */
export interface DescriptorStretch {
  descriptor: Owned<number>;
  /** What it is, for messages. */
  path: string;
  /** Where in the file register 0 is. */
  offset: number;
  length: number;
  /** What an error's code means here, and what to do about it. */
  remedy?: (code: string) => string | undefined;
}

/**
 * One system call for each access, of exactly its width, little-endian. Accesses of 64 bits are refused: the kernel would
 * split them.
 */
export class DescriptorRegisters implements RegisterIO {
  readonly length: number;
  readonly #stretch: DescriptorStretch;
  #closed = false;

  constructor(stretch: DescriptorStretch) {
    this.#stretch = stretch;
    this.length = stretch.length;
  }

  readUint8(offset: number): number {
    return this.#read(offset, 1);
  }

  readUint16(offset: number): number {
    return this.#read(offset, 2);
  }

  readUint32(offset: number): number {
    return this.#read(offset, 4);
  }

  readUint64(_offset: number): bigint {
    throw this.#no64();
  }

  writeUint8(offset: number, value: number): void {
    checkValue(value, 8);
    this.#write(offset, 1, value);
  }

  writeUint16(offset: number, value: number): void {
    checkValue(value, 16);
    this.#write(offset, 2, value);
  }

  writeUint32(offset: number, value: number): void {
    checkValue(value, 32);
    this.#write(offset, 4, value);
  }

  writeUint64(_offset: number, _value: bigint): void {
    throw this.#no64();
  }

  /** Refuses every access from now on. The descriptor remains its owner's. */
  close(): void {
    this.#closed = true;
  }

  /** Shows what it is, never what is in it. */
  [inspect.custom](): string {
    return `DescriptorRegisters { ${this.#stretch.path}, ${hex(this.length)} bytes${this.#closed ? ', closed' : ''} }`;
  }

  #read(offset: number, width: number): number {
    const { descriptor } = this.#check(offset, width);
    const value = native.readDescriptor(descriptor.value, this.#stretch.offset + offset, width);
    if (value < 0) throw this.#refused(value, 'pread');
    return value;
  }

  #write(offset: number, width: number, value: number): void {
    const { descriptor } = this.#check(offset, width);
    const error = native.writeDescriptor(descriptor.value, this.#stretch.offset + offset, width, value);
    if (error < 0) throw this.#refused(error, 'pwrite');
  }

  #check(offset: number, width: number): DescriptorStretch {
    const { path } = this.#stretch;
    if (this.#closed) throw new MmapioError('ERR_CLOSED', `${path} is closed`);
    checkByteCount('offset', offset);
    if (offset + width > this.length) {
      throw new MmapioError(
        'ERR_OUT_OF_RANGE',
        `An access of ${width} bytes at offset ${show(offset)} passes the end of ${path} (${hex(this.length)} bytes)`,
      );
    }
    if (offset % width !== 0) {
      throw new MmapioError(
        'ERR_UNALIGNED',
        `A ${width * 8}-bit access at offset ${show(offset)} of ${path} is not aligned: it must be a multiple of ${width}`,
      );
    }
    return this.#stretch;
  }

  #refused(errno: number, syscall: string): SystemError {
    return new SystemError(errno, syscall, this.#stretch.path, this.#stretch.remedy);
  }

  #no64(): MmapioError {
    return new MmapioError(
      'ERR_UNSUPPORTED',
      `${this.#stretch.path} has no 64-bit access: use two of 32 bits`,
    );
  }
}
