import type { RegisterIO } from '../register-io.js';

const swap16 = (value: number) => ((value & 0xff) << 8) | (value >>> 8);
const swap32 = (value: number) =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
const swap64 = (value: bigint) =>
  (BigInt(swap32(Number(value & 0xffff_ffffn))) << 32n) | BigInt(swap32(Number(value >> 32n)));

/** A register's value with its bytes reversed. */
export function swapped(value: bigint, width: number): bigint {
  if (width === 8) return value;
  if (width === 64) return swap64(value);
  return BigInt(width === 16 ? swap16(Number(value)) : swap32(Number(value)));
}

/** Registers of the other byte order: the same accesses, their bytes reversed. */
export class SwappedIO implements RegisterIO {
  readonly #io: RegisterIO;

  constructor(io: RegisterIO) {
    this.#io = io;
  }

  get length(): number {
    return this.#io.length;
  }

  readUint8(offset: number): number {
    return this.#io.readUint8(offset);
  }
  readUint16(offset: number): number {
    return swap16(this.#io.readUint16(offset));
  }
  readUint32(offset: number): number {
    return swap32(this.#io.readUint32(offset));
  }
  readUint64(offset: number): bigint {
    return swap64(this.#io.readUint64(offset));
  }

  // A value that does not fit goes on as it is, for the region to refuse.
  writeUint8(offset: number, value: number): void {
    this.#io.writeUint8(offset, value);
  }
  writeUint16(offset: number, value: number): void {
    this.#io.writeUint16(offset, value === (value & 0xffff) ? swap16(value) : value);
  }
  writeUint32(offset: number, value: number): void {
    this.#io.writeUint32(offset, value === value >>> 0 ? swap32(value) : value);
  }
  writeUint64(offset: number, value: bigint): void {
    const fits = typeof value === 'bigint' && value === BigInt.asUintN(64, value);
    this.#io.writeUint64(offset, fits ? swap64(value) : value);
  }
}
