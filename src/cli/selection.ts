/* WHAT: which registers and bits a command line means. Nothing here accesses them. */
import type { FieldLayout } from '../registers/layout.js';
import type { MapEntry } from '../registers/map.js';
import type { Order, Place } from './access.js';
import { UsageError } from './exit.js';
import { suggestion } from './nearest.js';
import { bitRange, formatOffset, parseNumber, type Width } from './values.js';

/** Bits of a register, of a field or counted by hand. */
interface SelectedBits {
  msb: number;
  lsb: number;
  field?: FieldLayout;
}

/** One register, or bits of one. */
export interface Selected extends Place {
  /** As it is shown: a register's name, or its offset. */
  name: string;
  /** The register in the map, where it was named. */
  entry?: MapEntry;
  bits?: SelectedBits;
  /** Whether the user named this very register, and not a pattern that it matches. */
  explicit: boolean;
}

export interface SelectionContext {
  /** Registers of the map, none without one. */
  entries: readonly MapEntry[];
  /** Of registers that are given by offset. */
  width: Width;
  order: Order;
  /** Bytes of the region. */
  length: number;
}

/** The registers that each WHAT means, in the order given. */
export function select(texts: readonly string[], context: SelectionContext): Selected[] {
  return texts.flatMap((text) => selectOne(text, context));
}

function selectOne(text: string, context: SelectionContext): Selected[] {
  const [head = '', ...colons] = text.split(':');
  const selected = /^[0-9]/.test(head) ? byOffset(head, context) : byName(head, context);
  if (colons.length === 0) return selected;
  return selected.map((one) => ({ ...one, bits: bitsIn(text, colons, one) }));
}

// ---- offsets ----------------------------------------------------------------------------------------------

function byOffset(text: string, context: SelectionContext): Selected[] {
  const { width, order, length } = context;
  const [, first = '', sign, second = ''] = /^([^-+]+)(?:([-+])([^-+]+))?$/.exec(text) ?? [];
  const start = parseNumber(first);
  const last = sign === undefined ? 0n : parseNumber(second);
  if (start === undefined || last === undefined) {
    throw new UsageError(`'${text}' is neither an offset nor a range such as 0x0-0x40 or 0x0+0x40`);
  }
  const step = width / 8;
  const end = sign === undefined ? start + BigInt(step) : sign === '-' ? last : start + last;
  if (end <= start) throw new UsageError(`The range ${text} is empty: its end is not part of it`);
  if (end > BigInt(length)) {
    throw new UsageError(`${text} passes the end of the region (0x${length.toString(16)} bytes)`);
  }
  if ((end - start) % BigInt(step) !== 0n) {
    throw new UsageError(`${text} is no whole number of ${width}-bit registers`);
  }
  const count = Number(end - start) / step;
  return Array.from({ length: count }, (_, index) => {
    const offset = Number(start) + index * step;
    if (offset % step !== 0) {
      throw new UsageError(
        `${formatOffset(offset)} is not aligned for ${width} bits: choose another --width`,
      );
    }
    return { name: formatOffset(offset), offset, width, order, explicit: sign === undefined };
  });
}

// ---- names ------------------------------------------------------------------------------------------------

/** `*` stands for any text between dots, indices included. */
function pattern(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]*');
  return new RegExp(`^${escaped}$`);
}

export function selectEntry(entry: MapEntry, explicit: boolean, field?: FieldLayout): Selected {
  const { path, offset, byteOrder: order, layout } = entry;
  const place = { offset, width: layout.width, order, entry, explicit };
  if (field === undefined) return { name: path, ...place };
  const bits = { msb: field.lsb + field.width - 1, lsb: field.lsb, field };
  return { name: `${path}.${field.name}`, ...place, bits };
}

function byName(text: string, { entries }: SelectionContext): Selected[] {
  if (entries.length === 0) throw new UsageError(`'${text}' is a name, and names need --map FILE`);
  const explicit = !text.includes('*');
  const registers = pattern(text);
  const whole = entries.filter(({ path }) => registers.test(path));
  if (whole.length > 0) return whole.map((entry) => selectEntry(entry, explicit));
  const dot = text.lastIndexOf('.');
  if (dot > 0) {
    const [ofRegister, ofField] = [pattern(text.slice(0, dot)), pattern(text.slice(dot + 1))];
    const fields = entries
      .filter(({ path }) => ofRegister.test(path))
      .flatMap((entry) =>
        entry.layout.fields
          .filter(({ name }) => ofField.test(name))
          .map((field) => selectEntry(entry, explicit, field)),
      );
    if (fields.length > 0) return fields;
  }
  throw unknownName(text, entries);
}

function unknownName(text: string, entries: readonly MapEntry[]): UsageError {
  const dot = text.lastIndexOf('.');
  const register = entries.find(({ path }) => path === text.slice(0, Math.max(dot, 0)));
  if (register !== undefined) {
    const names = register.layout.fields.map(({ name }) => name);
    return new UsageError(
      `${register.path} has no field '${text.slice(dot + 1)}'. ${suggestion(text.slice(dot + 1), names)}`,
    );
  }
  const qualified = entries.flatMap(({ path, layout }) => layout.fields.map(({ name }) => `${path}.${name}`));
  const names = entries.map(({ path }) => path);
  const known = dot > 0 && !names.some((name) => name.includes('.')) ? [...names, ...qualified] : names;
  return new UsageError(`There is no register '${text}'. ${suggestion(text, known)}`);
}

/** `MSB:LSB`, `BIT`, or the name of a field after a colon. */
function bitsIn(
  text: string,
  parts: readonly string[],
  { entry, width, name, bits }: Selected,
): SelectedBits {
  const [first = '', second = first] = parts;
  const field = entry?.layout.fields.find((one) => one.name === first);
  if (parts.length === 1 && field !== undefined) {
    return { msb: field.lsb + field.width - 1, lsb: field.lsb, field };
  }
  const [msb, lsb] = [parseNumber(first), parseNumber(second)];
  if (bits !== undefined || parts.length > 2 || msb === undefined || lsb === undefined) {
    throw new UsageError(`'${text}' is no bit field: it takes ${name}:MSB:LSB or ${name}:BIT`);
  }
  if (msb < lsb) throw new UsageError(`'${text}': the most significant bit comes first`);
  if (msb >= BigInt(width)) throw new UsageError(`'${text}': a register of ${width} bits has no bit ${msb}`);
  return { msb: Number(msb), lsb: Number(lsb) };
}

/** The name with its bits, where they have no name of their own. */
export function labelOf({ name, bits }: Selected): string {
  if (bits === undefined || (bits.field !== undefined && name.endsWith(`.${bits.field.name}`))) return name;
  return `${name}:${bits.field?.name ?? bitRange(bits.msb, bits.lsb)}`;
}

/** Why a command must not read a register of its own accord. */
export function readObstacle({ entry }: Selected): string | undefined {
  if (entry === undefined) return undefined;
  if (!entry.layout.readable) return 'write-only';
  return entry.layout.readEffect === undefined ? undefined : 'reading has side effects';
}
