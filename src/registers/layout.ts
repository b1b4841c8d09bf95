import { MmapioError } from '../errors.js';
import type { Access, ModifiedWriteValues, ReadAction } from './description.js';
import type { Enumeration, FieldSpec, RegisterSpec } from './spec.js';

/*
 * A register's rules, worked out once: masks, and what is written to the bits that a write is not given.
 */

/** Bits of a register with the rules that apply to them. All masks and values are of the whole register. */
export interface FieldLayout {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  /** The field's bits, in place. */
  readonly mask: bigint;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Only the first write after reset counts. */
  readonly once: boolean;
  readonly modifiedWriteValues: ModifiedWriteValues;
  readonly readAction: ReadAction | undefined;
  readonly writeAsRead: boolean;
  readonly onlyEnumerated: boolean;
  readonly range: readonly [bigint, bigint] | undefined;
  /** Value to name, for reading. */
  readonly names: ReadonlyMap<bigint, string>;
  /** Names with don't-care bits, tried in order where `names` has none. */
  readonly patterns: readonly { name: string; value: bigint; dontCare: bigint }[];
  /** The name of values that nothing else names. */
  readonly fallback: string | undefined;
  /** Name to value, for writing. */
  readonly values: ReadonlyMap<string, bigint>;
  readonly enumerated: boolean;
  readonly description: string | undefined;
}

export interface RegisterLayout {
  /** Name within the map, with `[]` for the index of an array. */
  readonly name: string;
  readonly width: 8 | 16 | 32 | 64;
  readonly fields: readonly FieldLayout[];
  readonly readable: boolean;
  readonly writable: boolean;
  /** Why reading changes something, or undefined. */
  readonly readEffect: string | undefined;
  /** What a write to a register without fields does. */
  readonly modifiedWriteValues: ModifiedWriteValues;
  readonly readAction: ReadAction | undefined;
  /** Value after reset, and the bits of it that are known. */
  readonly reset: bigint;
  readonly resetKnown: bigint;
  /** What `write` starts from. */
  readonly base: bigint;
  /** Bits that `modify` keeps from what it read. */
  readonly keep: bigint;
  /** Bits that `modify` sets where it keeps nothing. */
  readonly neutral: bigint;
  /** Fields that `write` cannot leave out. */
  readonly mustBeGiven: readonly string[];
  /** Writable fields of which a plain write would replace the content. */
  readonly plain: readonly string[];
  readonly description: string | undefined;
}

const canRead = (access: Access | undefined) => access !== 'write-only' && access !== 'writeOnce';
const canWrite = (access: Access | undefined) => access !== 'read-only';

export const ones = (width: number): bigint => (1n << BigInt(width)) - 1n;

/** What a write must put into bits so that nothing happens, if there is such a value. */
function neutralBits(rule: ModifiedWriteValues, mask: bigint): bigint | undefined {
  if (rule === 'oneToClear' || rule === 'oneToSet' || rule === 'oneToToggle') return 0n;
  if (rule === 'zeroToClear' || rule === 'zeroToSet' || rule === 'zeroToToggle') return mask;
  return undefined;
}

function bad(path: string, problem: string): never {
  throw new MmapioError('ERR_INVALID_ARGUMENT', `${path}: ${problem}`);
}

function toValues(path: string, values: Enumeration | undefined, width: number): [string, bigint][] {
  return Object.entries(values ?? {}).map(([name, value]) => {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
      bad(path, `value ${String(value)} of '${name}' is not an integer`);
    }
    const exact = BigInt(value);
    if (exact < 0n || exact > ones(width))
      bad(path, `value ${value} of '${name}' does not fit into ${width} bits`);
    return [name, exact];
  });
}

function layoutField(path: string, name: string, spec: FieldSpec, register: RegisterSpec): FieldLayout {
  const { msb, lsb, options } = spec;
  const where = `${path}.${name}`;
  if (!Number.isInteger(msb) || !Number.isInteger(lsb) || lsb < 0)
    bad(where, `bits ${msb} to ${lsb} are not bit positions`);
  if (msb < lsb) bad(where, `the most significant bit comes first: field(${lsb}, ${msb})`);
  if (msb >= register.width) bad(where, `bit ${msb} is outside a register of ${register.width} bits`);
  const width = msb - lsb + 1;
  const access = options.access ?? register.options.access;
  const both = toValues(where, spec.values, width);
  const reading = [...both, ...toValues(where, options.readValues, width)];
  const writing = [...both, ...toValues(where, options.writeValues, width)];
  const names = new Map<bigint, string>();
  for (const [label, value] of reading) if (!names.has(value)) names.set(value, label);
  const patterns = options.patterns ?? [];
  const values = new Map(writing);
  for (const pattern of patterns) if (!values.has(pattern.name)) values.set(pattern.name, pattern.value);
  return {
    name,
    lsb,
    width,
    mask: ones(width) << BigInt(lsb),
    readable: canRead(access),
    writable: canWrite(access),
    once: access === 'writeOnce' || access === 'read-writeOnce',
    modifiedWriteValues: options.modifiedWriteValues ?? register.options.modifiedWriteValues ?? 'modify',
    readAction: options.readAction ?? register.options.readAction,
    writeAsRead: options.writeAsRead ?? register.options.writeAsRead ?? false,
    onlyEnumerated: options.onlyEnumerated ?? false,
    range: options.range,
    names,
    patterns,
    fallback: options.fallback,
    values,
    enumerated: names.size > 0 || values.size > 0 || options.fallback !== undefined,
    description: options.description,
  };
}

function readEffectOf(name: string, spec: RegisterSpec, fields: readonly FieldLayout[]): string | undefined {
  if (spec.options.readAction !== undefined)
    return `reading ${name} has a side effect (${spec.options.readAction})`;
  const field = fields.find((candidate) => candidate.readAction !== undefined);
  return field && `reading ${name} has a side effect (${field.readAction} on ${field.name})`;
}

function resetOf(spec: RegisterSpec, fields: readonly FieldLayout[], all: bigint) {
  let value = spec.options.reset ?? 0n;
  let known = spec.options.reset === undefined ? 0n : (spec.options.resetMask ?? all);
  for (const field of fields) {
    const own = spec.fields[field.name]?.options.reset;
    if (own === undefined) continue;
    value = (value & ~field.mask) | ((own << BigInt(field.lsb)) & field.mask);
    known |= field.mask;
  }
  return { reset: value & known & all, resetKnown: known & all };
}

/** What is written to bits that no field covers; undefined where they are written back as read. */
function reservedFill(spec: RegisterSpec, reserved: bigint): bigint | undefined {
  if (spec.options.reserved === 'zero') return 0n;
  if (spec.options.reserved === 'one') return reserved;
  // In a register of write-one-to-clear bits, nobody knows what the others are: they must not be cleared by accident.
  return neutralBits(spec.options.modifiedWriteValues ?? 'modify', reserved);
}

/**
 * @param path - name for messages
 * @throws MmapioError `ERR_INVALID_ARGUMENT` for fields that do not fit the register
 */
export function layoutRegister(path: string, spec: RegisterSpec): RegisterLayout {
  const all = ones(spec.width);
  const fields = Object.entries(spec.fields).map(([name, field]) => layoutField(path, name, field, spec));
  const { reset, resetKnown } = resetOf(spec, fields, all);
  const covered = fields.reduce((bits, field) => bits | field.mask, 0n);
  const reserved = fields.length === 0 ? 0n : all & ~covered;
  let base = reset;
  let keep = all;
  let neutral = 0n;
  for (const field of fields) {
    const quiet = neutralBits(field.modifiedWriteValues, field.mask);
    const lost = field.writable && !field.readable;
    if (quiet !== undefined) base = (base & ~field.mask) | quiet;
    if (quiet !== undefined || lost) {
      keep &= ~field.mask;
      neutral |= quiet ?? reset & field.mask;
    }
  }
  const fill = reservedFill(spec, reserved);
  if (fill !== undefined) {
    base = (base & ~reserved) | fill;
    keep &= ~reserved;
    neutral |= fill;
  }
  const access = spec.options.access;
  const writableFields = fields.filter((field) => field.writable);
  return {
    name: path,
    width: spec.width,
    fields,
    readable: canRead(access) || fields.some((field) => field.readable),
    writable: canWrite(access) || writableFields.length > 0,
    readEffect: readEffectOf(path, spec, fields),
    modifiedWriteValues: spec.options.modifiedWriteValues ?? 'modify',
    readAction: spec.options.readAction,
    reset,
    resetKnown,
    base,
    keep,
    neutral,
    mustBeGiven: writableFields.filter((field) => field.writeAsRead).map((field) => field.name),
    plain: writableFields
      .filter((field) => neutralBits(field.modifiedWriteValues, field.mask) === undefined)
      .map((field) => field.name),
    description: spec.options.description,
  };
}
