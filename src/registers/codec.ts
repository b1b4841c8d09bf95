import { MmapioError } from '../errors.js';
import { type FieldLayout, ones, type RegisterLayout } from './layout.js';

/*
 * Between a register's raw value and its fields.
 *
 * A decoder is one object literal with a mask and shift per field; an encoder is straight-line code too. V8 turns
 * such code into a few instructions, and removes the object where only one field of it is used, which no loop
 * over a table of fields comes near. So both are generated, per register and at its first use; where the
 * process forbids code from strings, loops over the same tables do the same. Raw values are numbers up to 32 bits and
 * bigints for 64.
 */

type Raw = number | bigint;
type FieldContent = string | number | bigint | boolean;
export type FieldRecord = Record<string, FieldContent>;

export interface Codec {
  /** The readable fields of a raw value; the value itself where the register has no fields. */
  decode(raw: Raw): FieldRecord | Raw;
  /** `start` with the given fields put in. Throws before anything is written. */
  encode(fields: FieldRecord, start: Raw): Raw;
  /** What `write` starts from. */
  readonly base: Raw;
  /** What `modify` starts from, having read `old`. */
  keep(old: Raw): Raw;
}

// ---- one field --------------------------------------------------------------------------------------------

/** The name of a field's value, or the number where it has none. */
export function nameOf(field: FieldLayout, value: bigint): string | undefined {
  return (
    field.names.get(value) ??
    field.patterns.find(({ value: wanted, dontCare }) => ((value ^ wanted) & ~dontCare) === 0n)?.name ??
    field.fallback
  );
}

const plain = (field: FieldLayout, value: bigint): number | bigint =>
  field.width > 32 ? value : Number(value);

function contentOf(field: FieldLayout, raw: bigint): FieldContent {
  const value = (raw >> BigInt(field.lsb)) & ones(field.width);
  return (field.enumerated ? nameOf(field, value) : undefined) ?? plain(field, value);
}

function refuse(register: string, field: FieldLayout, problem: string): never {
  throw new MmapioError('ERR_INVALID_VALUE', `${register}.${field.name}: ${problem}`);
}

/** What to write for a content given by a user. */
function writtenValue(register: string, field: FieldLayout, content: unknown): bigint {
  let value: bigint;
  if (typeof content === 'string') {
    const named = field.values.get(content);
    if (named === undefined) {
      const known = [...field.values.keys()];
      refuse(
        register,
        field,
        known.length === 0
          ? `has no names, got '${content}'`
          : `'${content}' is none of its names: ${known.join(', ')}`,
      );
    }
    return named;
  }
  if (typeof content === 'boolean' && field.width === 1) return content ? 1n : 0n;
  if (typeof content === 'bigint') value = content;
  else if (typeof content === 'number' && Number.isSafeInteger(content)) value = BigInt(content);
  else refuse(register, field, `cannot be written with ${String(content)}`);
  if (value < 0n || value > ones(field.width))
    refuse(register, field, `${content} does not fit into ${field.width} bits`);
  if (field.range !== undefined && (value < field.range[0] || value > field.range[1])) {
    refuse(
      register,
      field,
      `${content} is outside the permitted range of ${field.range[0]} to ${field.range[1]}`,
    );
  }
  if (
    field.onlyEnumerated &&
    nameOf(field, value) === undefined &&
    ![...field.values.values()].includes(value)
  ) {
    refuse(register, field, `${content} is not one of its enumerated values`);
  }
  return value;
}

/** Why a record has members that an encoder did not take. */
function checkMembers(layout: RegisterLayout, fields: FieldRecord): void {
  for (const name of Object.keys(fields)) {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      const known = layout.fields.map((candidate) => candidate.name).join(', ');
      throw new MmapioError('ERR_NOT_FOUND', `${layout.name} has no field '${name}'; it has ${known}`);
    }
    if (!field.writable) {
      throw new MmapioError('ERR_REGISTER_ACCESS', `${layout.name}.${name} is read-only`);
    }
  }
}

// ---- loops ------------------------------------------------------------------------------------------------

const toRaw = (layout: RegisterLayout, value: bigint): Raw => (layout.width === 64 ? value : Number(value));

function interpretedDecode(layout: RegisterLayout): Codec['decode'] {
  const readable = layout.fields.filter((field) => field.readable);
  return (raw) => {
    const bits = BigInt(raw);
    return Object.fromEntries(readable.map((field) => [field.name, contentOf(field, bits)]));
  };
}

function interpretedEncode(layout: RegisterLayout): Codec['encode'] {
  const writable = layout.fields.filter((field) => field.writable);
  return (fields, start) => {
    checkMembers(layout, fields);
    let bits = BigInt(start);
    for (const field of writable) {
      const content = fields[field.name];
      if (content === undefined) continue;
      bits = (bits & ~field.mask) | (writtenValue(layout.name, field, content) << BigInt(field.lsb));
    }
    return toRaw(layout, bits);
  };
}

// ---- generated code ---------------------------------------------------------------------------------------

/** Enumerations up to this width are decoded through a table of all values. */
const TABLE_BITS = 8;
/** Enumerations of up to this many names are encoded by comparing with each. */
const SWITCH_NAMES = 16;

/** Source text with the values it refers to. */
class Source {
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];

  bind(value: unknown): string {
    const name = `c${this.#values.length}`;
    this.#names.push(name);
    this.#values.push(value);
    return name;
  }

  compile<T>(expression: string): T {
    return new Function(...this.#names, `"use strict"; return ${expression};`)(...this.#values) as T;
  }
}

/** The unsigned value of a field's bits in `v`. */
function bitsExpression(layout: RegisterLayout, field: FieldLayout): string {
  if (layout.width === 64) {
    const bits = `(v >> ${field.lsb}n) & ${ones(field.width)}n`;
    return field.width > 32 ? `(${bits})` : `Number(${bits})`;
  }
  if (field.width === 32) return 'v';
  return `((v >>> ${field.lsb}) & ${ones(field.width)})`;
}

function decodeExpression(source: Source, layout: RegisterLayout, field: FieldLayout): string {
  const bits = bitsExpression(layout, field);
  if (!field.enumerated) return bits;
  const lookUp = (value: Raw) => nameOf(field, BigInt(value)) ?? value;
  if (field.width > TABLE_BITS) return `${source.bind(lookUp)}(${bits})`;
  return `${source.bind(Array.from({ length: 2 ** field.width }, (_, value) => lookUp(value)))}[${bits}]`;
}

function generatedDecode(layout: RegisterLayout): Codec['decode'] {
  const source = new Source();
  const members = layout.fields
    .filter((field) => field.readable)
    .map((field) => `[${JSON.stringify(field.name)}]: ${decodeExpression(source, layout, field)}`);
  return source.compile(`(v) => ({${members.join(', ')}})`);
}

function encodeStatement(source: Source, layout: RegisterLayout, field: FieldLayout): string {
  const wide = layout.width === 64;
  const convert = source.bind((content: unknown) => toRaw(layout, writtenValue(layout.name, field, content)));
  const special = field.range !== undefined || field.onlyEnumerated;
  const inRange = field.width === 32 ? 'x === x >>> 0' : `x === (x & ${ones(field.width)})`;
  const slow =
    wide || special ? `x = ${convert}(x);` : `if (typeof x !== "number" || !(${inRange})) x = ${convert}(x);`;
  const cases =
    !wide && field.values.size > 0 && field.values.size <= SWITCH_NAMES
      ? [...field.values].map(([name, value]) => `case ${JSON.stringify(name)}: x = ${value}; break; `)
      : [];
  const names = cases.length === 0 ? slow : `switch (x) { ${cases.join('')}default: ${slow} }`;
  const clear = wide ? `${~field.mask}n` : `${~Number(field.mask)}`;
  const shift = wide ? `(x << ${field.lsb}n)` : `(x << ${field.lsb})`;
  return `x = o[${JSON.stringify(field.name)}]; if (x !== undefined) { n++; ${names} r = (r & ${clear}) | ${shift}; }`;
}

function generatedEncode(layout: RegisterLayout): Codec['encode'] {
  const source = new Source();
  const statements = layout.fields
    .filter((field) => field.writable)
    .map((field) => encodeStatement(source, layout, field));
  const check = source.bind((fields: FieldRecord) => checkMembers(layout, fields));
  const result = layout.width === 64 ? 'r' : 'r >>> 0';
  return source.compile(
    `(o, r) => { let n = 0, x; ${statements.join(' ')} for (x in o) n--; if (n !== 0) ${check}(o); return ${result}; }`,
  );
}

/** The generated form, or the loop where code generation from strings is forbidden. */
function generatedOr<T>(generate: (layout: RegisterLayout) => T, interpret: (layout: RegisterLayout) => T) {
  return (layout: RegisterLayout): T => {
    try {
      return generate(layout);
    } catch (error) {
      if (error instanceof EvalError) return interpret(layout);
      throw error;
    }
  };
}

const makeDecode = generatedOr(generatedDecode, interpretedDecode);
const makeEncode = generatedOr(generatedEncode, interpretedEncode);

// ---- codecs -----------------------------------------------------------------------------------------------

function wholeCodec(layout: RegisterLayout): Pick<Codec, 'decode' | 'encode'> {
  return { decode: (raw) => raw, encode: () => refuseFields(layout) };
}

function refuseFields(layout: RegisterLayout): never {
  throw new MmapioError('ERR_INVALID_ARGUMENT', `${layout.name} has no fields: write its whole value`);
}

const lazily = <A extends unknown[], R>(make: () => (...args: A) => R) => {
  let made: ((...args: A) => R) | undefined;
  return (...args: A): R => {
    made ??= make();
    return made(...args);
  };
};

/** The codec of a register; both halves are made at their first use. */
export function codecOf(layout: RegisterLayout, options?: { interpreted?: boolean }): Codec {
  const interpreted = options?.interpreted ?? false;
  const base = toRaw(layout, layout.base);
  const keepMask = toRaw(layout, layout.keep);
  const neutral = toRaw(layout, layout.neutral);
  const keep: Codec['keep'] =
    layout.width === 64
      ? (old) => ((old as bigint) & (keepMask as bigint)) | (neutral as bigint)
      : (old) => (((old as number) & (keepMask as number)) | (neutral as number)) >>> 0;
  if (layout.fields.length === 0) return { ...wholeCodec(layout), base, keep };
  return {
    decode: lazily(() => (interpreted ? interpretedDecode : makeDecode)(layout)),
    encode: lazily(() => (interpreted ? interpretedEncode : makeEncode)(layout)),
    base,
    keep,
  };
}
