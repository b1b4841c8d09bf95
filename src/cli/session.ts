/* A target that is open with its register map, for the length of one command. */
import type { RegisterIO } from '../register-io.js';
import type { DynamicMap, MapEntry, RegisterMap } from '../registers/index.js';
import { load } from './access.js';
import { entriesWithin, loadMap } from './map.js';
import type { AccessOptions } from './options.js';
import { type Selected, type SelectionContext, select } from './selection.js';
import { type Access, openTarget, type Target } from './target.js';
import { bitsOf, fieldIn, fieldsIn, type ShownField } from './values.js';

export interface Session {
  target: Target;
  io: RegisterIO;
  map: RegisterMap<DynamicMap> | undefined;
  entries: readonly MapEntry[];
  select(texts: readonly string[]): Selected[];
}

/** Opens, works, closes; the register map is read first, so that a mistake there leaves the device alone. */
export async function withSession<T>(
  name: string,
  access: Access,
  options: AccessOptions,
  work: (session: Session) => T | Promise<T>,
): Promise<T> {
  const described = await loadMap(options);
  const target = await openTarget(name, access);
  try {
    const map = described ?? target.map;
    const io = target.regs();
    const entries = map === undefined ? [] : entriesWithin(map, io.length);
    const context: SelectionContext = {
      entries,
      width: options.width,
      order: options.byteOrder ?? 'little',
      length: io.length,
    };
    return await work({ target, io, map, entries, select: (texts) => select(texts, context) });
  } finally {
    target.close();
  }
}

/** What one read of a selection gave. */
export interface Reading {
  selected: Selected;
  /** The whole register, as read. */
  register: bigint;
  /** What was asked for: the register, or bits of it. */
  value: bigint;
  /** Width of `value`. */
  bits: number;
  fields: ShownField[];
}

/** One read of the register. */
export function readSelected(io: RegisterIO, selected: Selected): Reading {
  return interpret(selected, load(io, selected));
}

/** The same without an access: what a register's value means for a selection. */
export function interpret(selected: Selected, register: bigint): Reading {
  const { bits, entry, width } = selected;
  if (bits === undefined) {
    const fields = entry === undefined ? [] : fieldsIn(entry.layout, register);
    return { selected, register, value: register, bits: width, fields };
  }
  const value = bitsOf(register, bits.msb, bits.lsb);
  const fields = bits.field === undefined ? [] : [fieldIn(bits.field, register)];
  return { selected, register, value, bits: bits.msb - bits.lsb + 1, fields };
}
