import { MmapioError } from '../errors.js';
import type { RegisterIO } from '../register-io.js';
import {
  type Content,
  checkMembers,
  decode,
  encode,
  type FieldRecord,
  memberOf,
  nameOf,
  type Raw,
  toRaw,
  writtenValue,
} from './codec.js';
import { type FieldLayout, ones, type RegisterLayout } from './layout.js';

/*
 * The methods of a register that convert between raw values and fields, in two forms.
 *
 * Loops over the table of fields check everything, member names included. Generated code is straight-line, with
 * masks and names as constants and an access of its own, so that each method compiles to little more than the access:
 * V8 drops the objects that `read` returns and `write` is given. Enumerating an object's members would keep it
 * alive and cost several times the access, so generated writes check every value of every field, but not whether there
 * are members that are no fields.
 * A register therefore starts with the loops and changes to generated code once it has been used
 * {@link CHECKED_CALLS} times. Where a process forbids code from strings, the loops stay.
 */

/** What a method finds in the register that it is called on. */
export interface Bus {
  readonly io: RegisterIO;
  readonly offset: number;
}

/** Calls of a register's methods after which its generated code takes over. */
export const CHECKED_CALLS = 100;

export type Change = FieldRecord | ((value: Raw) => Raw);

export interface Methods {
  read(this: Bus): Content;
  readWithEffects(this: Bus): Content;
  write(this: Bus, content: Content): void;
  modify(this: Bus, change: Change): void;
  decode(value: Raw): Content;
  encode(content: Content): Raw;
}

export function load({ io, offset }: Bus, width: number): Raw {
  if (width === 32) return io.readUint32(offset);
  if (width === 16) return io.readUint16(offset);
  return width === 8 ? io.readUint8(offset) : io.readUint64(offset);
}

export function store({ io, offset }: Bus, width: number, value: Raw): void {
  if (width === 32) io.writeUint32(offset, value as number);
  else if (width === 16) io.writeUint16(offset, value as number);
  else if (width === 8) io.writeUint8(offset, value as number);
  else io.writeUint64(offset, value as bigint);
}

/** One read and one write through a function of the whole value. */
function modifyWhole(layout: RegisterLayout, bus: Bus, change: (value: Raw) => Raw): void {
  store(bus, layout.width, change(load(bus, layout.width)));
}

// ---- loops ------------------------------------------------------------------------------------------------

function interpreted(layout: RegisterLayout): Methods {
  const { base, keep, neutral, width } = layout;
  const raw = (value: bigint) => toRaw(layout, value);
  const encoded = (fields: FieldRecord, start: bigint) => {
    const { mask, bits } = encode(layout, fields);
    return raw((start & ~mask) | bits);
  };
  const read = function (this: Bus): Content {
    return decode(layout, load(this, width));
  };
  return {
    read,
    readWithEffects: read,
    decode: (value) => decode(layout, value),
    encode: (content) => encoded(content as FieldRecord, base),
    write(content) {
      store(this, width, encoded(content as FieldRecord, base));
    },
    modify(change) {
      if (typeof change === 'function') return modifyWhole(layout, this, change);
      const { mask, bits } = encode(layout, change);
      const start = (BigInt(load(this, width)) & keep) | neutral;
      store(this, width, raw((start & ~mask) | bits));
    },
  };
}

/** A register without fields has nothing to convert. */
function whole(layout: RegisterLayout): Methods {
  const { width } = layout;
  const checked = (value: unknown) => {
    if (typeof value !== 'object') return value as Raw;
    throw new MmapioError('ERR_INVALID_ARGUMENT', `${layout.name} has no fields: write its whole value`);
  };
  const read = function (this: Bus): Content {
    return load(this, width);
  };
  return {
    read,
    readWithEffects: read,
    decode: (value) => value,
    encode: checked,
    write(value) {
      store(this, width, checked(value));
    },
    modify(change) {
      if (typeof change !== 'function') checked(change);
      modifyWhole(layout, this, change as (value: Raw) => Raw);
    },
  };
}

// ---- generated code ---------------------------------------------------------------------------------------

/** Enumerations up to this width are decoded by choosing between constants, which V8 knows to be names. */
const CHOSEN_BITS = 2;
/** Enumerations up to this width are decoded through a table of all values. */
const TABLE_BITS = 8;
/** Enumerations of up to this many names are encoded by comparing with each. */
const COMPARED_NAMES = 16;

/** Source text and the values that it refers to. */
class Source {
  readonly layout: RegisterLayout;
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];

  constructor(layout: RegisterLayout) {
    this.layout = layout;
  }

  bind(value: unknown): string {
    const name = `c${this.#values.length}`;
    this.#names.push(name);
    this.#values.push(value);
    return name;
  }

  compile<T>(expression: string): T {
    return new Function(...this.#names, `"use strict"; return ${expression};`)(...this.#values) as T;
  }

  /** A constant of the register's width; masks are signed, as bitwise operators take them. */
  constant(value: bigint): string {
    return this.layout.width === 64 ? `${value}n` : `${Number(value) | 0}`;
  }
}

/** The unsigned value of a field's bits in `v`. */
function bitsOf({ layout }: Source, field: FieldLayout): string {
  if (layout.width === 64) {
    const bits = `(v >> ${field.lsb}n) & ${ones(field.width)}n`;
    return field.width > 32 ? `(${bits})` : `Number(${bits})`;
  }
  return field.width === 32 ? 'v' : `((v >>> ${field.lsb}) & ${ones(field.width)})`;
}

function decodedField(source: Source, field: FieldLayout): string {
  const bits = bitsOf(source, field);
  if (!field.enumerated) return bits;
  const lookUp = (value: Raw) => nameOf(field, BigInt(value)) ?? value;
  if (field.width > TABLE_BITS) return `${source.bind(lookUp)}(${bits})`;
  const contents = Array.from({ length: 2 ** field.width }, (_, value) => lookUp(value));
  if (field.width > CHOSEN_BITS || source.layout.width === 64) return `${source.bind(contents)}[${bits}]`;
  const choices = contents.slice(0, -1).map((content, value) => {
    return `${bits} === ${value} ? ${JSON.stringify(content)} : `;
  });
  return `${choices.join('')}${JSON.stringify(contents.at(-1))}`;
}

function decodedFields(source: Source): string {
  const readable = source.layout.fields.filter((field) => field.readable);
  return `({${readable.map((field) => `[${JSON.stringify(field.name)}]: ${decodedField(source, field)}`).join(', ')}})`;
}

/** Turns `x`, a content given by a user, into a number that fits the field, or throws. */
function fittedField(source: Source, field: FieldLayout): string {
  const { layout } = source;
  const convert = source.bind((content: unknown) => toRaw(layout, writtenValue(layout.name, field, content)));
  if (layout.width === 64 || field.range !== undefined || field.onlyEnumerated) return `x = ${convert}(x);`;
  const fits = field.width === 32 ? 'x === x >>> 0' : `x === (x & ${ones(field.width)})`;
  const number =
    field.width === 1
      ? `if (x !== 0 && x !== 1) x = ${convert}(x);`
      : `if (typeof x !== "number" || !(${fits})) x = ${convert}(x);`;
  if (field.values.size === 0 || field.values.size > COMPARED_NAMES) return number;
  const names = [...field.values].map(
    ([name, value]) => `case ${JSON.stringify(name)}: x = ${value}; break; `,
  );
  return `switch (x) { ${names.join('')}default: ${number} }`;
}

/** A field as a member of `o`, not mistaken for what every object has. */
function member(source: Source, { name }: FieldLayout): string {
  const key = JSON.stringify(name);
  return name in Object.prototype ? `${source.bind(memberOf)}(o, ${key})` : `o[${key}]`;
}

/**
 * Puts the fields of `o` into `r`, which starts as `start`. Where `masked`, the bits that were given are in `m` too.
 *
 * V8 inlines a method into its caller only while both are small, and all is lost where it does not: so no byte more
 * than needed.
 */
function encodedFields(source: Source, start: bigint, masked: boolean): string {
  const { layout } = source;
  const wide = layout.width === 64;
  const zero = wide ? '0n' : '0';
  const mark = masked ? 'm' : 'n';
  let filled = start;
  const taken = layout.fields
    .filter((field) => field.writable)
    .map((field) => {
      const place = `${field.lsb === 0 ? 'x' : `x << ${field.lsb}${wide ? 'n' : ''}`}`;
      const cleared = filled & field.mask ? `r & ${source.constant(~field.mask & ones(layout.width))}` : 'r';
      filled |= field.mask;
      const given = masked ? `m |= ${source.constant(field.mask)}` : 'n = 1';
      const fitted = fittedField(source, field);
      return `x = ${member(source, field)}; if (x !== undefined) { ${fitted} ${given}; r = ${cleared} | ${place}; }`;
    });
  const check = source.bind((fields: unknown) => checkMembers(layout, fields));
  const forbidden = layout.fields
    .filter((field) => !field.writable)
    .map((field) => `if (${member(source, field)} !== undefined) ${check}(o);`);
  return (
    `let ${mark} = ${masked ? zero : '0'}, r = ${source.constant(start)}, x; if (o == null) ${check}(o); ` +
    `${forbidden.join(' ')} ${taken.join(' ')} if (${mark} === ${masked ? zero : '0'}) ${check}(o);`
  );
}

function generated(layout: RegisterLayout): Methods {
  const source = new Source(layout);
  const fields = decodedFields(source);
  const written = encodedFields(source, layout.base, false);
  const change = source.bind((bus: Bus, change: (value: Raw) => Raw) => modifyWhole(layout, bus, change));
  const access = `Uint${layout.width}(this.offset`;
  const unsigned = (value: string) =>
    layout.width === 64 ? `BigInt.asUintN(64, ${value})` : `(${value}) >>> 0`;
  const keepsAll = layout.keep === ones(layout.width);
  const kept = keepsAll ? 'v' : `(v & ${source.constant(layout.keep)} | ${source.constant(layout.neutral)})`;
  return source.compile(`{
    read() { const v = this.io.read${access}); return ${fields}; },
    readWithEffects() { const v = this.io.read${access}); return ${fields}; },
    decode(v) { return ${fields}; },
    write(o) { ${written} this.io.write${access}, ${unsigned('r')}); },
    encode(o) { ${written} return ${unsigned('r')}; },
    modify(o) {
      if (typeof o === "function") return ${change}(this, o);
      ${encodedFields(source, 0n, true)}
      const v = this.io.read${access});
      this.io.write${access}, ${unsigned(`${kept} & ~m | r`)});
    }
  }`);
}

// ---- what the register forbids ----------------------------------------------------------------------------

function forbidden(layout: RegisterLayout): Partial<Methods> {
  const refuseRead = (): never => {
    if (!layout.readable) throw new MmapioError('ERR_REGISTER_ACCESS', `${layout.name} is write-only`);
    throw new MmapioError('ERR_READ_EFFECT', `${layout.readEffect}: use readWithEffects()`);
  };
  const refuseWrite = (): never => {
    throw new MmapioError('ERR_REGISTER_ACCESS', `${layout.name} is read-only`);
  };
  return {
    ...(!layout.readable && { readWithEffects: refuseRead }),
    ...((!layout.readable || layout.readEffect !== undefined) && { read: refuseRead, modify: refuseRead }),
    ...(!layout.writable && { write: refuseWrite, modify: refuseWrite }),
  };
}

/** `write`, for a register with fields that must be written back as read. */
function guarded(layout: RegisterLayout, write: Methods['write']): Methods['write'] {
  return function (content) {
    const missing = layout.mustBeGiven.filter((name) => memberOf(content as FieldRecord, name) === undefined);
    if (missing.length > 0) {
      throw new MmapioError(
        'ERR_REGISTER_ACCESS',
        `${layout.name}: ${missing.join(', ')} must be written back as read: use modify(), or give the value`,
      );
    }
    write.call(this, content);
  };
}

/** A register's own methods. `checked` ones are the loops. */
export function methodsOf(layout: RegisterLayout, form: 'checked' | 'generated'): Methods {
  let methods: Methods;
  if (layout.fields.length === 0) methods = whole(layout);
  else if (form === 'checked') methods = interpreted(layout);
  else {
    try {
      methods = generated(layout);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      methods = interpreted(layout);
    }
  }
  const write = layout.mustBeGiven.length > 0 ? { write: guarded(layout, methods.write) } : {};
  return { ...methods, ...write, ...forbidden(layout) };
}
