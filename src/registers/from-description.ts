import { MmapioError } from '../errors.js';
import type {
  EnumerationDescription,
  FieldDescription,
  PeripheralDescription,
  RegisterDescription,
  RegisterNode,
} from './description.js';
import { RegisterMap } from './map.js';
import {
  ArraySpec,
  BlockSpec,
  type Enumeration,
  type FieldOptions,
  FieldSpec,
  type MapSpec,
  RegisterSpec,
} from './spec.js';
import type { DynamicMap } from './types.js';

/*
 * Register maps from descriptions that are known at run time only. The names and rules are the same as those of
 * a generated module; what the compiler cannot check is checked when it is used.
 */

/** Something that a register map cannot have and that was left out of it. */
export interface LeftOut {
  /** `CHANNEL.LEN.BYTES` */
  path: string;
  reason: string;
}

export interface MapFromOptions {
  /** Called for what the map cannot have; without it, nothing is said. */
  onLeftOut?: (leftOut: LeftOut) => void;
  /** Width in bits of registers of which the description does not say it; 32 when absent. */
  defaultSize?: 8 | 16 | 32 | 64;
}

type Note = (path: string, reason: string) => void;

// ---- names ------------------------------------------------------------------------------------------------

/** Names made unique, as keys: an alternate group, or a number, tells the later one of two apart. */
export function uniqueNames<T extends { name: string; alternateGroup?: string }>(
  items: readonly T[],
): [string, T][] {
  const taken = new Set<string>();
  return items.map((item) => {
    let name = item.name;
    if (taken.has(name) && item.alternateGroup !== undefined) name = `${item.name}_${item.alternateGroup}`;
    for (let number = 2; taken.has(name); number++) name = `${item.name}_${number}`;
    taken.add(name);
    return [name, item];
  });
}

// ---- fields -----------------------------------------------------------------------------------------------

/** Names to values of the enumerations that hold for one direction, without those that do not fit. */
export function enumerationOf(
  enumerations: readonly EnumerationDescription[] | undefined,
  width: number,
  usage: 'read' | 'write',
): {
  values: Record<string, bigint>;
  patterns: { name: string; value: bigint; dontCare: bigint }[];
  fallback?: string;
} {
  const values: Record<string, bigint> = {};
  const patterns: { name: string; value: bigint; dontCare: bigint }[] = [];
  let fallback: string | undefined;
  for (const enumeration of enumerations ?? []) {
    if (enumeration.usage !== undefined && enumeration.usage !== 'read-write' && enumeration.usage !== usage)
      continue;
    for (const { name, value, dontCare, isDefault } of enumeration.values) {
      if (name === undefined) continue;
      if (isDefault) fallback ??= name;
      if (value === undefined || BigInt(value) >> BigInt(width) !== 0n) continue;
      if (dontCare !== undefined) patterns.push({ name, value: BigInt(value), dontCare: BigInt(dontCare) });
      else if (!Object.hasOwn(values, name)) values[name] = BigInt(value);
    }
  }
  return { values, patterns, ...(fallback !== undefined && { fallback }) };
}

function fieldSpec(field: FieldDescription): FieldSpec {
  const reading = enumerationOf(field.enumerations, field.bitWidth, 'read');
  const writing = enumerationOf(field.enumerations, field.bitWidth, 'write');
  const range = field.writeConstraint?.range;
  const options: FieldOptions = {
    access: field.access,
    modifiedWriteValues: field.modifiedWriteValues,
    readAction: field.readAction,
    reset: field.resetValue === undefined ? undefined : BigInt(field.resetValue),
    writeAsRead: field.writeConstraint?.writeAsRead,
    onlyEnumerated: field.writeConstraint?.useEnumeratedValues,
    range: range && [BigInt(range.minimum), BigInt(range.maximum)],
    description: field.description,
    patterns: reading.patterns,
    fallback: reading.fallback,
    readValues: reading.values satisfies Enumeration,
    writeValues: writing.values satisfies Enumeration,
  };
  return new FieldSpec(field.bitOffset + field.bitWidth - 1, field.bitOffset, {}, options);
}

/** Why a register map cannot have a field. */
export function fieldProblem(field: FieldDescription, width: number): string | undefined {
  if (field.bitWidth < 1) return 'has no bits';
  if (field.bitOffset + field.bitWidth > width) return `reaches outside a register of ${width} bits`;
  return undefined;
}

// ---- registers --------------------------------------------------------------------------------------------

/** Why a register map cannot have a register. */
export function registerProblem(register: RegisterDescription, width: number): string | undefined {
  if (width !== 8 && width !== 16 && width !== 32 && width !== 64)
    return `has ${width} bits, not 8, 16, 32 or 64`;
  const bytes = width / 8;
  const { offset, array } = register;
  if (offset % bytes !== 0 || (array !== undefined && array.stride % bytes !== 0)) {
    return `is not aligned for ${width} bits`;
  }
  return undefined;
}

function registerSpec(
  path: string,
  register: RegisterDescription,
  width: 8 | 16 | 32 | 64,
  note: Note,
): RegisterSpec {
  const fields: Record<string, FieldSpec> = {};
  for (const [name, field] of uniqueNames(register.fields)) {
    const problem = fieldProblem(field, width);
    if (problem === undefined) fields[name] = fieldSpec(field);
    else note(`${path}.${name}`, problem);
  }
  const all = (1n << BigInt(width)) - 1n;
  const range = register.writeConstraint?.range;
  return new RegisterSpec(width, register.array === undefined ? register.offset : 0, fields, {
    access: register.access,
    modifiedWriteValues: register.modifiedWriteValues,
    readAction: register.readAction,
    reset: register.resetValue === undefined ? undefined : BigInt(register.resetValue) & all,
    resetMask: register.resetMask === undefined ? undefined : BigInt(register.resetMask) & all,
    writeAsRead: register.writeConstraint?.writeAsRead,
    range: range && [BigInt(range.minimum), BigInt(range.maximum)],
    description: register.description,
  });
}

function mapSpec(path: string, nodes: readonly RegisterNode[], defaultSize: number, note: Note): MapSpec {
  const spec: Record<string, MapSpec[string]> = {};
  for (const [name, node] of uniqueNames(nodes)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (node.kind === 'cluster') {
      const inside = mapSpec(at, node.registers, defaultSize, note);
      spec[name] =
        node.array === undefined
          ? new BlockSpec(node.offset, inside, {})
          : new ArraySpec(node.array.count, node.offset, node.array.stride, inside);
      continue;
    }
    const width = node.size ?? defaultSize;
    const problem = registerProblem(node, width);
    if (problem !== undefined) {
      note(at, problem);
      continue;
    }
    const register = registerSpec(at, node, width as 8 | 16 | 32 | 64, note);
    spec[name] =
      node.array === undefined
        ? register
        : new ArraySpec(node.array.count, node.offset, node.array.stride, register);
  }
  return spec;
}

/**
 * The register map of a described peripheral.
 *
 * Registers of other widths than 8, 16, 32 and 64 bits, registers at unaligned offsets and fields that reach
 * outside their register are left out; `onLeftOut` hears of each.
 */
export function registerMapFrom(
  peripheral: PeripheralDescription,
  options: MapFromOptions = {},
): RegisterMap<DynamicMap> {
  if (!Array.isArray(peripheral.registers)) {
    throw new MmapioError('ERR_INVALID_ARGUMENT', 'registerMapFrom takes one peripheral of a description');
  }
  const note: Note = (path, reason) => options.onLeftOut?.({ path, reason });
  const spec = mapSpec('', peripheral.registers, options.defaultSize ?? 32, note);
  return new RegisterMap(spec, {
    name: peripheral.name,
    dynamic: true,
    ...(peripheral.byteOrder !== undefined && { byteOrder: peripheral.byteOrder }),
  });
}
