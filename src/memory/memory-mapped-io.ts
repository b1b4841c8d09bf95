import { inspect } from 'node:util';
import { checkByteCount, checkChoice, checkOptions, hex, invalidArgument, show } from '../check.js';
import { MmapioError } from '../errors.js';
import { FIXED, native, SWAP_BYTES, TO_DEVICE, type TypedArray } from '../native/binding.js';
import type { RegisterIO } from '../register-io.js';
import * as accessors from './accessors.js';
import { swap16, swap32, swap64 } from './byte-order.js';
import { MemoryMap, targetOf } from './memory-map.js';
import { type Access, BUFFER, Target } from './target.js';
import { transfer } from './transfer.js';
import { byteLengthOf, elementWidth } from './typed-array.js';
import * as values from './values.js';

// Names of this module, for the reason given in accessors.ts.
const { load8, load16, load32, load64, store8, store16, store32, store64 } = accessors;
const { checkMasked, checkMaskedQuad, checkQuad, checkValue } = values;

/** Order of the bytes in a register wider than one byte. */
export type ByteOrder = 'little' | 'big';

export interface RegionOptions {
  /** Byte order of the registers. Each access stays one access; its value is swapped. Default `'little'`. */
  byteOrder?: ByteOrder;
}

/** What a region can lie over: a mapping, or ordinary memory. */
export type RegionMemory = MemoryMap | ArrayBufferLike | ArrayBufferView;

/** What a device sees of a 64-bit access on a 32-bit machine differs from chip to chip. */
const HAS_64_BIT_ACCESS = !['arm', 'ia32', 'mips', 'mipsel', 'ppc'].includes(process.arch);

/**
 * A bounds-checked stretch of a mapping, or of ordinary memory, through which registers are read and written.
 *
 * Every `read…` is exactly one load and every `write…` exactly one store of the width in its name, in program order:
 * never split, merged, repeated or left out. Nothing else touches the memory. Offsets are bytes from the start of the
 * region.
 *
 * | width | names | the same | value |
 * |---|---|---|---|
 * | 8 bits | `readByte` `writeByte` `modifyByte` | `readUint8` `writeUint8` `modifyUint8` | number |
 * | 16 bits | `readHalf` … | `readUint16` … | number |
 * | 32 bits | `readWord` … | `readUint32` … | number |
 * | 64 bits | `readQuad` … | `readUint64` … | bigint |
 *
 * Every method checks first, and throws a {@link MmapioError} before any access with one of these codes:
 * `ERR_CLOSED`, `ERR_OUT_OF_RANGE` (an offset that is negative or fractional, or an access that would pass the end),
 * `ERR_UNALIGNED` (the absolute address is no multiple of the width), `ERR_INVALID_VALUE` (not an unsigned integer of
 * that width), `ERR_READ_ONLY`, `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED` (64 bits of a mapping on a 32-bit machine).
 * An access that is answered by a bus error throws {@link BusError}, `ERR_BUS_FAULT`.
 */
export class MemoryMappedIO implements RegisterIO {
  /** Length in bytes. */
  readonly length: number;
  readonly byteOrder: ByteOrder;

  readonly #target: Target;
  /** Where the region's byte 0 is; see TargetFacts.base. */
  readonly #base: number;
  readonly #swap: boolean;

  /**
   * @param memory - a mapping, or any `ArrayBuffer`, `SharedArrayBuffer`, typed array, `DataView` or `Buffer`
   * @param offset - bytes from its start
   * @param length - bytes; default: the rest
   */
  constructor(memory: RegionMemory, offset = 0, length?: number, options: RegionOptions = {}) {
    checkOptions<RegionOptions>(options, ['byteOrder']);
    const target = targetFor(memory);
    this.length = checkStretch(target.name, target.length, offset, length);
    this.byteOrder = checkChoice('byteOrder', options.byteOrder ?? 'little', ['little', 'big']);
    this.#target = target;
    this.#base = target.base + offset;
    this.#swap = this.byteOrder === 'big';
    if (!target.live) throw target.whyNotLive();
  }

  /** `'read'` when writing through the region is refused. */
  get access(): Access {
    return this.#target.access;
  }

  /** A region over `length` bytes (default: the rest) of this one from `offset`, with this one's byte order by default. */
  slice(offset = 0, length?: number, options: RegionOptions = {}): MemoryMappedIO {
    const stretch = checkStretch('the region', this.length, offset, length);
    const start = this.#base - this.#target.base + offset;
    return new MemoryMappedIO(asMemory(this.#target), start, stretch, {
      byteOrder: this.byteOrder,
      ...options,
    });
  }

  /** One 8-bit load. */
  readByte(offset: number): number {
    return load8(this.#target, this.#at(offset, 1));
  }

  /** One 16-bit load. */
  readHalf(offset: number): number {
    const value = load16(this.#target, this.#at(offset, 2));
    return this.#swap === true ? swap16(value) : value;
  }

  /** One 32-bit load. */
  readWord(offset: number): number {
    const value = load32(this.#target, this.#at(offset, 4));
    return this.#swap === true ? swap32(value) : value;
  }

  /** One 64-bit load. */
  readQuad(offset: number): bigint {
    const value = load64(this.#target, this.#at(offset, 8));
    return this.#swap === true ? swap64(value) : value;
  }

  /** One 8-bit store. */
  writeByte(offset: number, value: number): void {
    const at = this.#atForWriting(offset, 1);
    checkValue(value, 8);
    store8(this.#target, at, value);
  }

  /** One 16-bit store. */
  writeHalf(offset: number, value: number): void {
    const at = this.#atForWriting(offset, 2);
    checkValue(value, 16);
    store16(this.#target, at, this.#swap === true ? swap16(value) : value);
  }

  /** One 32-bit store. */
  writeWord(offset: number, value: number): void {
    const at = this.#atForWriting(offset, 4);
    checkValue(value, 32);
    store32(this.#target, at, this.#swap === true ? swap32(value) : value);
  }

  /** One 64-bit store. */
  writeQuad(offset: number, value: bigint): void {
    const at = this.#atForWriting(offset, 8);
    checkQuad(value);
    store64(this.#target, at, this.#swap === true ? swap64(value) : value);
  }

  /**
   * One 8-bit load, then one 8-bit store in which the bits of `mask` are those of `value` and the others as they were
   * read. Nothing keeps the device, or another thread, from changing the register in between. Returns what was read.
   *
   * @param value - in place, not shifted: a bit of it outside `mask` is an `ERR_INVALID_VALUE`
   */
  modifyByte(offset: number, mask: number, value: number): number {
    const at = this.#atForWriting(offset, 1);
    checkMasked(mask, value, 8);
    const before = load8(this.#target, at);
    store8(this.#target, at, (before & ~mask) | value);
    return before;
  }

  /** One 16-bit load, then one 16-bit store; see {@link modifyByte}. */
  modifyHalf(offset: number, mask: number, value: number): number {
    const at = this.#atForWriting(offset, 2);
    checkMasked(mask, value, 16);
    const loaded = load16(this.#target, at);
    const before = this.#swap === true ? swap16(loaded) : loaded;
    const after = ((before & ~mask) | value) >>> 0;
    store16(this.#target, at, this.#swap === true ? swap16(after) : after);
    return before;
  }

  /** One 32-bit load, then one 32-bit store; see {@link modifyByte}. */
  modifyWord(offset: number, mask: number, value: number): number {
    const at = this.#atForWriting(offset, 4);
    checkMasked(mask, value, 32);
    const loaded = load32(this.#target, at);
    const before = this.#swap === true ? swap32(loaded) : loaded;
    const after = ((before & ~mask) | value) >>> 0;
    store32(this.#target, at, this.#swap === true ? swap32(after) : after);
    return before;
  }

  /** One 64-bit load, then one 64-bit store; see {@link modifyByte}. */
  modifyQuad(offset: number, mask: bigint, value: bigint): bigint {
    const at = this.#atForWriting(offset, 8);
    checkMaskedQuad(mask, value);
    const loaded = load64(this.#target, at);
    const before = this.#swap === true ? swap64(loaded) : loaded;
    const after = (before & ~mask) | value;
    store64(this.#target, at, this.#swap === true ? swap64(after) : after);
    return before;
  }

  /**
   * Fills the array from ascending addresses: one load of the array's element width for each element, in order.
   * Returns the array.
   */
  readBlock<T extends TypedArray>(offset: number, array: T): T {
    this.#transfer(offset, array, 0);
    return array;
  }

  /** Stores the array's elements at ascending addresses: one store of the element width for each, in order. */
  writeBlock(offset: number, array: TypedArray): void {
    this.#transfer(offset, array, TO_DEVICE);
  }

  /** Fills the array from one address: one load of the array's element width for each element. Returns the array. */
  readFifo<T extends TypedArray>(offset: number, array: T): T {
    this.#transfer(offset, array, FIXED);
    return array;
  }

  /** Stores the array's elements at one address: one store of the element width for each, in order. */
  writeFifo(offset: number, array: TypedArray): void {
    this.#transfer(offset, array, TO_DEVICE | FIXED);
  }

  /**
   * Orders every access before it, to devices and to ordinary memory, before every access after it: between filling a
   * DMA buffer and the register write that starts the transfer, and between the read that says it is done and looking
   * at the buffer. Accesses of one region stay in order without it. Accesses nothing.
   *
   * `mfence` on x86, `dsb sy` on Arm, `fence iorw, iorw` on RISC-V. It does not wait until a posted write has arrived:
   * reading the device back does.
   */
  barrier(): void {
    native.barrier();
  }

  /** The same as {@link readByte}. */
  readUint8(offset: number): number {
    return this.readByte(offset);
  }

  /** The same as {@link readHalf}. */
  readUint16(offset: number): number {
    return this.readHalf(offset);
  }

  /** The same as {@link readWord}. */
  readUint32(offset: number): number {
    return this.readWord(offset);
  }

  /** The same as {@link readQuad}. */
  readUint64(offset: number): bigint {
    return this.readQuad(offset);
  }

  /** The same as {@link writeByte}. */
  writeUint8(offset: number, value: number): void {
    this.writeByte(offset, value);
  }

  /** The same as {@link writeHalf}. */
  writeUint16(offset: number, value: number): void {
    this.writeHalf(offset, value);
  }

  /** The same as {@link writeWord}. */
  writeUint32(offset: number, value: number): void {
    this.writeWord(offset, value);
  }

  /** The same as {@link writeQuad}. */
  writeUint64(offset: number, value: bigint): void {
    this.writeQuad(offset, value);
  }

  /** The same as {@link modifyByte}. */
  modifyUint8(offset: number, mask: number, value: number): number {
    return this.modifyByte(offset, mask, value);
  }

  /** The same as {@link modifyHalf}. */
  modifyUint16(offset: number, mask: number, value: number): number {
    return this.modifyHalf(offset, mask, value);
  }

  /** The same as {@link modifyWord}. */
  modifyUint32(offset: number, mask: number, value: number): number {
    return this.modifyWord(offset, mask, value);
  }

  /** The same as {@link modifyQuad}. */
  modifyUint64(offset: number, mask: bigint, value: bigint): bigint {
    return this.modifyQuad(offset, mask, value);
  }

  /** Shows where the region lies, never what is in it. */
  [inspect.custom](): string {
    const start = this.#base - this.#target.base;
    return `MemoryMappedIO { ${this.#target.name} +${hex(start)}, ${hex(this.length)} bytes, ${this.access} }`;
  }

  /** The address of a checked load of `width` bytes at `offset`. */
  #at(offset: number, width: number): number {
    if (this.#holds(offset, width, width) && this.#target.live === true) {
      const at = this.#base + offset;
      if ((at & (width - 1)) === 0) return at;
    }
    throw this.#refusal(offset, width, width);
  }

  /** The address of a checked store. */
  #atForWriting(offset: number, width: number): number {
    if (this.#holds(offset, width, width) && this.#target.storable === true) {
      const at = this.#base + offset;
      if ((at & (width - 1)) === 0) return at;
    }
    this.#checkWritable();
    throw this.#refusal(offset, width, width);
  }

  /** Whether `bytes` bytes from `offset` are the region's, and can be accessed in steps of `width`. */
  #holds(offset: number, width: number, bytes: number): boolean {
    return (
      Number.isInteger(offset) &&
      offset >= 0 &&
      offset <= this.length - bytes &&
      (width < 8 || HAS_64_BIT_ACCESS || this.#target.kind === BUFFER)
    );
  }

  /** Why accesses of `bytes` bytes in steps of `width` have no place at `offset`. */
  #refusal(offset: number, width: number, bytes: number): MmapioError {
    const target = this.#target;
    if (!target.live) return target.whyNotLive();
    checkByteCount('offset', offset);
    if (offset + bytes > this.length) {
      return new MmapioError(
        'ERR_OUT_OF_RANGE',
        `An access of ${bytes} bytes at offset ${hex(offset)} passes the end of the region (${hex(this.length)} bytes)`,
      );
    }
    if ((this.#base + offset) % width !== 0) {
      return new MmapioError(
        'ERR_UNALIGNED',
        `A ${width * 8}-bit access at offset ${hex(offset)} is not aligned: its address in ${target.name} must be a ` +
          `multiple of ${width}`,
      );
    }
    return new MmapioError(
      'ERR_UNSUPPORTED',
      `${process.arch} has no 64-bit access that every device sees as one`,
    );
  }

  /** `flags` are TO_DEVICE and FIXED. */
  #transfer(offset: number, array: TypedArray, flags: number): void {
    const width = elementWidth(array);
    if ((flags & TO_DEVICE) !== 0) this.#checkWritable();
    const length = byteLengthOf(array);
    const bytes = (flags & FIXED) !== 0 ? Math.min(width, length) : length;
    const target = this.#target;
    if (!this.#holds(offset, width, bytes) || !target.live) throw this.#refusal(offset, width, bytes);
    const at = this.#base + offset;
    if ((at & (width - 1)) !== 0) throw this.#refusal(offset, width, bytes);
    transfer(target, at, array, width, this.#swap && width > 1 ? flags | SWAP_BYTES : flags);
  }

  #checkWritable(): void {
    const target = this.#target;
    if (!target.live) throw target.whyNotLive();
    if (target.writable) return;
    throw new MmapioError(
      'ERR_READ_ONLY',
      `${target.name} is mapped for reading only: open it with access 'read-write'`,
    );
  }
}

/** Slices pass on their target itself, which is no type for users. */
function asMemory(target: Target): RegionMemory {
  return target as unknown as RegionMemory;
}

function targetFor(memory: RegionMemory | Target): Target {
  if (memory instanceof Target) return memory;
  if (memory instanceof MemoryMap) return targetOf(memory);
  if (ArrayBuffer.isView(memory)) {
    return bufferTarget(memory.constructor.name, memory.buffer, memory.byteOffset, memory.byteLength);
  }
  if (memory instanceof ArrayBuffer || memory instanceof SharedArrayBuffer) {
    return bufferTarget(memory.constructor.name, memory, 0, memory.byteLength);
  }
  throw invalidArgument(
    `memory is ${show(memory)}: it takes a MemoryMap, or an ArrayBuffer or a view of one`,
  );
}

function bufferTarget(name: string, buffer: ArrayBufferLike, base: number, length: number): Target {
  const facts = { name, base, length, slot: -1, offsetInSlot: 0, buffer } as const;
  try {
    return new Target({ kind: BUFFER, access: 'read-write', ...facts });
  } catch (cause) {
    throw new MmapioError(
      'ERR_UNSUPPORTED',
      `This runtime has no typed arrays over the ${hex(buffer.byteLength)} bytes of the ${name}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Checks that a stretch lies within `whole` bytes and returns its length. */
function checkStretch(name: string, whole: number, offset: number, length: number | undefined): number {
  checkByteCount('offset', offset);
  const stretch = length === undefined ? Math.max(0, whole - offset) : checkByteCount('length', length);
  if (offset + stretch <= whole) return stretch;
  throw new MmapioError(
    'ERR_OUT_OF_RANGE',
    `${hex(stretch)} bytes at offset ${hex(offset)} do not lie within ${name} (${hex(whole)} bytes)`,
  );
}
