import { MmapioError } from '../errors.js';
import { type FieldLayout, ones, type RegisterLayout } from './layout.js';

/*
 * Between a register's raw value and its fields: names of values, and what may be written. Raw values are
 * numbers up to 32 bits and bigints for 64.
 */

export type Raw = number | bigint;
export type FieldContent = string | number | bigint | boolean;
export type FieldRecord = Record<string, FieldContent>;
export type Content = FieldRecord | Raw;

export const toRaw = (layout: RegisterLayout, value: bigint): Raw =>
  layout.width === 64 ? value : Number(value);

/** The name of a field's value, where it has one. */
export function nameOf(field: FieldLayout, value: bigint): string | undefined {
  return (
    field.names.get(value) ??
    field.patterns.find(({ value: wanted, dontCare }) => ((value ^ wanted) & ~dontCare) === 0n)?.name ??
    field.fallback
  );
}

function contentOf(field: FieldLayout, raw: bigint): FieldContent {
  const value = (raw >> BigInt(field.lsb)) & ones(field.width);
  const name = field.enumerated ? nameOf(field, value) : undefined;
  return name ?? (field.width > 32 ? value : Number(value));
}

/** The readable fields of a raw value; the value itself where the register has no fields. */
export function decode(layout: RegisterLayout, raw: Raw): Content {
  if (layout.fields.length === 0) return raw;
  const bits = BigInt(raw);
  const readable = layout.fields.filter((field) => field.readable);
  return Object.fromEntries(readable.map((field) => [field.name, contentOf(field, bits)]));
}

function refuse(register: string, field: FieldLayout, problem: string): never {
  throw new MmapioError('ERR_INVALID_VALUE', `${register}.${field.name}: ${problem}`);
}

function namedValue(register: string, field: FieldLayout, name: string): bigint {
  const value = field.values.get(name);
  if (value !== undefined) return value;
  const known = [...field.values.keys()].join(', ');
  return refuse(
    register,
    field,
    known === '' ? `has no names, got '${name}'` : `'${name}' is none of its names: ${known}`,
  );
}

/** What to write for a content given by a user, not yet in place. */
export function writtenValue(register: string, field: FieldLayout, content: unknown): bigint {
  if (typeof content === 'string') return namedValue(register, field, content);
  if (typeof content === 'boolean' && field.width === 1) return content ? 1n : 0n;
  if (typeof content !== 'bigint' && !Number.isSafeInteger(content)) {
    refuse(register, field, `cannot be written with ${String(content)}`);
  }
  const value = BigInt(content as Raw);
  if (value < 0n || value > ones(field.width))
    refuse(register, field, `${value} does not fit into ${field.width} bits`);
  if (field.range !== undefined && (value < field.range[0] || value > field.range[1])) {
    refuse(
      register,
      field,
      `${value} is outside the permitted range of ${field.range[0]} to ${field.range[1]}`,
    );
  }
  if (
    field.onlyEnumerated &&
    nameOf(field, value) === undefined &&
    ![...field.values.values()].includes(value)
  ) {
    refuse(register, field, `${value} is not one of its enumerated values`);
  }
  return value;
}

/** A member of an object's own: a field may be called `constructor`. */
export const memberOf = (fields: FieldRecord, name: string): FieldContent | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** Finds what is wrong with a record of fields that has members a write does not take. */
export function checkMembers(layout: RegisterLayout, fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) {
    throw new MmapioError(
      'ERR_INVALID_ARGUMENT',
      `${layout.name} is written by its fields, got ${String(fields)}`,
    );
  }
  for (const name of Object.keys(fields)) {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      const known = layout.fields.map((candidate) => candidate.name).join(', ');
      throw new MmapioError('ERR_NOT_FOUND', `${layout.name} has no field '${name}'; it has ${known}`);
    }
    if (!field.writable) throw new MmapioError('ERR_REGISTER_ACCESS', `${layout.name}.${name} is read-only`);
  }
}

/** The bits that a record of fields gives, and which they are. Throws before anything is written. */
export function encode(layout: RegisterLayout, fields: FieldRecord): { mask: bigint; bits: bigint } {
  checkMembers(layout, fields);
  let mask = 0n;
  let bits = 0n;
  for (const field of layout.fields) {
    const content = memberOf(fields, field.name);
    if (content === undefined) continue;
    mask |= field.mask;
    bits = (bits & ~field.mask) | (writtenValue(layout.name, field, content) << BigInt(field.lsb));
  }
  return { mask, bits };
}
