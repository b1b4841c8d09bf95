import type { Access, ModifiedWriteValues, ReadAction } from './description.js';

/*
 * The words a register map is written with: bit, field, reg8 to reg64, array, block.
 *
 * Specs are immutable values that only describe; nothing here touches a device. Their type parameters carry
 * what the compiler needs to know to refuse a wrong name, value or direction.
 */

/** Names of a field's values, as written in a map. */
export type Enumeration = Readonly<Record<string, number | bigint>>;

/** Directions as type-level flags: a literal `true` where it is possible. */
export interface Direction {
  read: boolean;
  write: boolean;
}
type ReadWrite = { read: true; write: true };
export type ReadOnly = { read: true; write: false };
export type WriteOnly = { read: false; write: true };

/** What `clear`, `set` and `toggle` may name. */
export type Action = 'clear' | 'set' | 'toggle' | 'none';

export interface FieldOptions {
  access?: Access | undefined;
  modifiedWriteValues?: ModifiedWriteValues | undefined;
  readAction?: ReadAction | undefined;
  reset?: bigint | undefined;
  /** Must be written back as it was read. */
  writeAsRead?: boolean | undefined;
  /** Only the enumerated values may be written. */
  onlyEnumerated?: boolean | undefined;
  range?: readonly [bigint, bigint] | undefined;
  description?: string | undefined;
  /** Names with don't-care bits and a default, which `values` cannot express. */
  patterns?: readonly { name: string; value: bigint; dontCare: bigint }[] | undefined;
  fallback?: string | undefined;
  /** Names that hold only for reading or only for writing. */
  readValues?: Enumeration | undefined;
  writeValues?: Enumeration | undefined;
}

/**
 * Bits `msb` to `lsb` of a register.
 *
 * @typeParam M - most significant bit
 * @typeParam L - least significant bit
 * @typeParam N - names of values
 * @typeParam D - whether it can be read and written
 * @typeParam A - what a single bit written does
 * @typeParam R - whether a read has side effects
 */
export class FieldSpec<
  M extends number = number,
  L extends number = number,
  N extends string = string,
  D extends Direction = Direction,
  A extends Action = Action,
  R extends boolean = boolean,
> {
  readonly msb: M;
  readonly lsb: L;
  readonly values: Enumeration;
  readonly options: FieldOptions;
  /** Type only. */
  declare readonly kind: { names: N; direction: D; action: A; readEffect: R };

  constructor(msb: M, lsb: L, values: Enumeration, options: FieldOptions) {
    this.msb = msb;
    this.lsb = lsb;
    this.values = values;
    this.options = options;
  }

  /** The same bits with other rules: for what the methods below have no word for. */
  with(options: FieldOptions): FieldSpec<M, L, N, D, A, R> {
    return changedField(this, options);
  }

  /** Can only be read. A write leaves it out; `modify` writes back what was read. */
  readOnly(): FieldSpec<M, L, N, ReadOnly, A, R> {
    return changedField(this, { access: 'read-only' });
  }
  /** Can only be written: absent from what `read` returns. */
  writeOnly(): FieldSpec<M, L, N, WriteOnly, A, R> {
    return changedField(this, { access: 'write-only' });
  }
  /** Only the first write after reset counts. */
  writeOnce(): FieldSpec<M, L, N, D, A, R> {
    return changedField(this, { access: 'read-writeOnce' });
  }
  /** Writing 1 clears the bit, 0 does nothing. */
  w1c(): FieldSpec<M, L, N, D, 'clear', R> {
    return changedField(this, { modifiedWriteValues: 'oneToClear' });
  }
  /** Writing 1 sets the bit, 0 does nothing. */
  w1s(): FieldSpec<M, L, N, D, 'set', R> {
    return changedField(this, { modifiedWriteValues: 'oneToSet' });
  }
  /** Writing 1 toggles the bit, 0 does nothing. */
  w1t(): FieldSpec<M, L, N, D, 'toggle', R> {
    return changedField(this, { modifiedWriteValues: 'oneToToggle' });
  }
  /** Writing 0 clears the bit, 1 does nothing. */
  w0c(): FieldSpec<M, L, N, D, 'clear', R> {
    return changedField(this, { modifiedWriteValues: 'zeroToClear' });
  }
  /** Writing 0 sets the bit, 1 does nothing. */
  w0s(): FieldSpec<M, L, N, D, 'set', R> {
    return changedField(this, { modifiedWriteValues: 'zeroToSet' });
  }
  /** Writing 0 toggles the bit, 1 does nothing. */
  w0t(): FieldSpec<M, L, N, D, 'toggle', R> {
    return changedField(this, { modifiedWriteValues: 'zeroToToggle' });
  }
  /** Any write, whatever its value, does something to the bits. */
  writeAction<const T extends 'clear' | 'set'>(action: T): FieldSpec<M, L, N, D, T, R> {
    return changedField(this, { modifiedWriteValues: action });
  }
  /** Reading clears the bits: the register is then read with `readWithEffects` only. */
  readClears(): FieldSpec<M, L, N, D, A, true> {
    return changedField(this, { readAction: 'clear' });
  }
  /** Reading changes something: the register is then read with `readWithEffects` only. */
  readAction(action: ReadAction): FieldSpec<M, L, N, D, A, true> {
    return changedField(this, { readAction: action });
  }
  /** Names that differ between what is read and what is written. */
  names<const RN extends Enumeration, const WN extends Enumeration>(names: {
    read: RN;
    write: WN;
  }): FieldSpec<M, L, N | (keyof RN & string) | (keyof WN & string), D, A, R> {
    const { values, options } = this;
    return new FieldSpec(this.msb, this.lsb, values, {
      ...options,
      readValues: names.read,
      writeValues: names.write,
    });
  }
  /** Value after reset: what `write` puts into a field that it is not given. */
  reset(value: number | bigint): FieldSpec<M, L, N, D, A, R> {
    return changedField(this, { reset: BigInt(value) });
  }
  /** Must be written with the value that was read: `modify` does, `write` refuses unless it is given. */
  writeAsRead(): FieldSpec<M, L, N, D, A, R> {
    return changedField(this, { writeAsRead: true });
  }
}

/** A copy with other rules, which its type, the caller's word for them, has to match. */
function changedField<T extends FieldSpec>(spec: FieldSpec, options: FieldOptions): T {
  return new FieldSpec(spec.msb, spec.lsb, spec.values, { ...spec.options, ...options }) as T;
}

/** One bit. Reads as 0 or 1; written as 0, 1, false or true. */
export function bit<const B extends number>(position: B): FieldSpec<B, B, never, ReadWrite, 'none', false> {
  return new FieldSpec(position, position, {}, {});
}

/**
 * The bits from `msb` down to `lsb`, as datasheets write it.
 *
 * Up to 32 bits read as a number, wider ones as a bigint. With `values`, they read as a name (or as the number
 * where no name fits) and are written as a name or a number.
 */
export function field<const M extends number, const L extends number>(
  msb: M,
  lsb: L,
): FieldSpec<M, L, never, ReadWrite, 'none', false>;
export function field<const M extends number, const L extends number, const E extends Enumeration>(
  msb: M,
  lsb: L,
  values: E,
): FieldSpec<M, L, keyof E & string, ReadWrite, 'none', false>;
export function field(msb: number, lsb: number, values: Enumeration = {}): FieldSpec {
  return new FieldSpec(msb, lsb, values, {});
}

export type Fields = Readonly<Record<string, FieldSpec>>;

export interface RegisterOptions {
  access?: Access | undefined;
  modifiedWriteValues?: ModifiedWriteValues | undefined;
  readAction?: ReadAction | undefined;
  reset?: bigint | undefined;
  resetMask?: bigint | undefined;
  writeAsRead?: boolean | undefined;
  range?: readonly [bigint, bigint] | undefined;
  /** What is written to bits that no field covers. */
  reserved?: 'preserve' | 'zero' | 'one' | undefined;
  description?: string | undefined;
}

/**
 * One register.
 *
 * @typeParam W - width in bits
 * @typeParam F - its fields; none: the register reads and writes as a whole value
 * @typeParam D - whether it can be read and written
 * @typeParam A - what a single bit written does, for all fields that have no rule of their own
 * @typeParam R - whether a read has side effects
 */
export class RegisterSpec<
  W extends 8 | 16 | 32 | 64 = 8 | 16 | 32 | 64,
  F extends Fields = Fields,
  D extends Direction = Direction,
  A extends Action = Action,
  R extends boolean = boolean,
> {
  readonly width: W;
  readonly offset: number;
  readonly fields: F;
  readonly options: RegisterOptions;
  /** Type only. */
  declare readonly kind: { direction: D; action: A; readEffect: R };

  constructor(width: W, offset: number, fields: F, options: RegisterOptions) {
    this.width = width;
    this.offset = offset;
    this.fields = fields;
    this.options = options;
  }

  /** The same register with other rules: for what the methods below have no word for. */
  with(options: RegisterOptions): RegisterSpec<W, F, D, A, R> {
    return changedRegister(this, options);
  }

  /** Can only be read. */
  readOnly(): RegisterSpec<W, F, ReadOnly, A, R> {
    return changedRegister(this, { access: 'read-only' });
  }
  /** Can only be written: nothing here ever reads it. */
  writeOnly(): RegisterSpec<W, F, WriteOnly, A, R> {
    return changedRegister(this, { access: 'write-only' });
  }
  /** Writing 1 to a bit clears it, 0 does nothing. */
  w1c(): RegisterSpec<W, F, D, 'clear', R> {
    return changedRegister(this, { modifiedWriteValues: 'oneToClear' });
  }
  /** Writing 1 to a bit sets it, 0 does nothing. */
  w1s(): RegisterSpec<W, F, D, 'set', R> {
    return changedRegister(this, { modifiedWriteValues: 'oneToSet' });
  }
  /** Writing 1 to a bit toggles it, 0 does nothing. */
  w1t(): RegisterSpec<W, F, D, 'toggle', R> {
    return changedRegister(this, { modifiedWriteValues: 'oneToToggle' });
  }
  /** Writing 0 to a bit clears it, 1 does nothing. */
  w0c(): RegisterSpec<W, F, D, 'clear', R> {
    return changedRegister(this, { modifiedWriteValues: 'zeroToClear' });
  }
  /** Writing 0 to a bit sets it, 1 does nothing. */
  w0s(): RegisterSpec<W, F, D, 'set', R> {
    return changedRegister(this, { modifiedWriteValues: 'zeroToSet' });
  }
  /** Writing 0 to a bit toggles it, 1 does nothing. */
  w0t(): RegisterSpec<W, F, D, 'toggle', R> {
    return changedRegister(this, { modifiedWriteValues: 'zeroToToggle' });
  }
  /** Any write, whatever its value, does something to the bits. */
  writeAction<const T extends 'clear' | 'set'>(action: T): RegisterSpec<W, F, D, T, R> {
    return changedRegister(this, { modifiedWriteValues: action });
  }
  /** Reading clears it: read with `readWithEffects` only. */
  readClears(): RegisterSpec<W, F, D, A, true> {
    return changedRegister(this, { readAction: 'clear' });
  }
  /** Reading changes something: read with `readWithEffects` only. */
  readAction(action: ReadAction): RegisterSpec<W, F, D, A, true> {
    return changedRegister(this, { readAction: action });
  }
  /** Value after reset, and which of its bits are defined. `write` starts from it. */
  reset(value: number | bigint, mask?: number | bigint): RegisterSpec<W, F, D, A, R> {
    return changedRegister(this, {
      reset: BigInt(value),
      resetMask: mask === undefined ? undefined : BigInt(mask),
    });
  }
  /**
   * What is written to bits that no field covers. `preserve`, the default, writes back what `modify` read, and
   * `write`, which reads nothing, their reset value.
   */
  reserved(bits: 'preserve' | 'zero' | 'one'): RegisterSpec<W, F, D, A, R> {
    return changedRegister(this, { reserved: bits });
  }
}

function changedRegister<T extends RegisterSpec>(spec: RegisterSpec, options: RegisterOptions): T {
  return new RegisterSpec(spec.width, spec.offset, spec.fields, { ...spec.options, ...options }) as T;
}

/** Bit positions, by the width of the register that has them. */
interface Positions {
  8: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  16: Positions[8] | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15;
  32: Positions[16] | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31;
}

/** F itself where every field is inside a register of W bits. */
type Inside<F extends Fields, W extends keyof Positions> = {
  readonly [K in keyof F]: F[K] extends FieldSpec<infer M>
    ? number extends M
      ? F[K]
      : M extends Positions[W]
        ? F[K]
        : { readonly refused: `bit ${M} is outside a register of ${W} bits` }
    : F[K];
};

// biome-ignore lint/complexity/noBannedTypes: a register without fields has exactly no keys
type NoFields = {};

/** An 8-bit register at a byte offset. */
export function reg8(offset: number): RegisterSpec<8, NoFields, ReadWrite, 'none', false>;
export function reg8<const F extends Fields>(
  offset: number,
  fields: F & Inside<F, 8>,
): RegisterSpec<8, F, ReadWrite, 'none', false>;
export function reg8(offset: number, fields: Fields = {}): RegisterSpec {
  return new RegisterSpec(8, offset, fields, {});
}
/** A 16-bit register at a byte offset. */
export function reg16(offset: number): RegisterSpec<16, NoFields, ReadWrite, 'none', false>;
export function reg16<const F extends Fields>(
  offset: number,
  fields: F & Inside<F, 16>,
): RegisterSpec<16, F, ReadWrite, 'none', false>;
export function reg16(offset: number, fields: Fields = {}): RegisterSpec {
  return new RegisterSpec(16, offset, fields, {});
}
/** A 32-bit register at a byte offset. */
export function reg32(offset: number): RegisterSpec<32, NoFields, ReadWrite, 'none', false>;
export function reg32<const F extends Fields>(
  offset: number,
  fields: F & Inside<F, 32>,
): RegisterSpec<32, F, ReadWrite, 'none', false>;
export function reg32(offset: number, fields: Fields = {}): RegisterSpec {
  return new RegisterSpec(32, offset, fields, {});
}
/** A 64-bit register at a byte offset. Its whole values are bigints. */
export function reg64(offset: number): RegisterSpec<64, NoFields, ReadWrite, 'none', false>;
export function reg64<const F extends Fields>(
  offset: number,
  fields: F,
): RegisterSpec<64, F, ReadWrite, 'none', false>;
export function reg64(offset: number, fields: Fields = {}): RegisterSpec {
  return new RegisterSpec(64, offset, fields, {});
}

/** What a map, a block or an array element consists of. */
export interface MapSpec {
  readonly [name: string]: RegisterSpec | BlockSpec | ArraySpec;
}

export interface BlockOptions {
  /** Byte order of the registers inside; the enclosing block's when absent. */
  byteOrder?: 'little' | 'big' | undefined;
}

/** Registers at offsets counted from the block's own. */
export class BlockSpec<S extends MapSpec = MapSpec> {
  readonly offset: number;
  readonly registers: S;
  readonly options: BlockOptions;

  constructor(offset: number, registers: S, options: BlockOptions) {
    this.offset = offset;
    this.registers = registers;
    this.options = options;
  }
}

/** Registers at offsets counted from `offset`. */
export function block<const S extends MapSpec>(
  offset: number,
  registers: S,
  options: BlockOptions = {},
): BlockSpec<S> {
  return new BlockSpec(offset, registers, options);
}

/** `count` registers or blocks, `stride` bytes apart. */
export class ArraySpec<C extends number = number, T extends RegisterSpec | MapSpec = RegisterSpec | MapSpec> {
  readonly count: C;
  readonly offset: number;
  readonly stride: number;
  readonly element: T;

  constructor(count: C, offset: number, stride: number, element: T) {
    this.count = count;
    this.offset = offset;
    this.stride = stride;
    this.element = element;
  }
}

/**
 * `count` elements, the first at `offset`, each `stride` bytes after the one before. An element is a register
 * (`reg32(0)`) or a group of them, whose offsets count from the start of the element.
 */
export function array<const C extends number, const T extends RegisterSpec | MapSpec>(
  count: C,
  offset: number,
  stride: number,
  element: T,
): ArraySpec<C, T> {
  return new ArraySpec(count, offset, stride, element);
}
