import { MmapioError } from '../errors.js';
import type { RegisterIO } from '../register-io.js';
import { SwappedIO } from './byte-order.js';
import { layoutRegister, type RegisterLayout } from './layout.js';
import { type RegisterClass, registerClass } from './register.js';
import { ArraySpec, BlockSpec, type MapSpec, RegisterSpec } from './spec.js';
import type { Bound, DynamicRegister } from './types.js';

/** A register of a map, every array element on its own. */
export interface MapEntry {
  /** Name within the map: `CHANNEL[2].LEN`. */
  readonly path: string;
  /** Byte offset from the start of the map. */
  readonly offset: number;
  readonly byteOrder: 'little' | 'big';
  readonly layout: RegisterLayout;
}

export interface MapOptions {
  /** Name of the device or block, for messages. */
  name?: string;
  /** Byte order of the registers in the region; little-endian when absent. */
  byteOrder?: 'little' | 'big';
}

type Node =
  | { kind: 'register'; offset: number; layout: RegisterLayout; Class: RegisterClass }
  | { kind: 'group'; offset: number; swapped: boolean; members: [string, Node][] }
  | { kind: 'array'; offset: number; count: number; stride: number; element: Node };

function bad(path: string, problem: string): never {
  throw new MmapioError('ERR_INVALID_ARGUMENT', `${path || 'register map'}: ${problem}`);
}

function checkOffset(path: string, what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) bad(path, `${what} ${value} is not a whole number of bytes`);
}

/** What holds for a whole block. */
interface Context {
  swapped: boolean;
  namesUnchecked: boolean;
}

function compileArray(path: string, spec: ArraySpec, context: Context): Node {
  const { count, offset, stride, element } = spec;
  checkOffset(path, 'offset', offset);
  checkOffset(path, 'stride', stride);
  if (!Number.isSafeInteger(count) || count < 0) bad(path, `an array cannot have ${count} elements`);
  const each =
    element instanceof RegisterSpec
      ? compile(`${path}[]`, element, context)
      : compileGroup(`${path}[]`, 0, element, context);
  return { kind: 'array', offset, count, stride, element: each };
}

function compile(path: string, spec: MapSpec[string], context: Context): Node {
  if (spec instanceof RegisterSpec) {
    checkOffset(path, 'offset', spec.offset);
    if (spec.offset % (spec.width / 8) !== 0) {
      bad(path, `offset 0x${spec.offset.toString(16)} is not aligned for ${spec.width} bits`);
    }
    const layout = layoutRegister(path, spec);
    return {
      kind: 'register',
      offset: spec.offset,
      layout,
      Class: registerClass(layout, context.namesUnchecked),
    };
  }
  if (spec instanceof ArraySpec) return compileArray(path, spec, context);
  if (!(spec instanceof BlockSpec)) bad(path, 'is neither a register, a block nor an array');
  checkOffset(path, 'offset', spec.offset);
  const order = spec.options.byteOrder;
  const inside = order === undefined ? context : { ...context, swapped: order === 'big' };
  return compileGroup(path, spec.offset, spec.registers, inside);
}

function compileGroup(path: string, offset: number, registers: MapSpec, context: Context): Node {
  const members = Object.entries(registers).map(([name, spec]): [string, Node] => [
    name,
    compile(path === '' ? name : `${path}.${name}`, spec, context),
  ]);
  return { kind: 'group', offset, swapped: context.swapped, members };
}

function* walk(node: Node, path: string, start: number, swapped: boolean): Generator<MapEntry> {
  const offset = start + node.offset;
  if (node.kind === 'register') {
    yield { path, offset, byteOrder: swapped ? 'big' : 'little', layout: node.layout };
  } else if (node.kind === 'array') {
    for (let index = 0; index < node.count; index++) {
      yield* walk(node.element, `${path}[${index}]`, offset + index * node.stride, swapped);
    }
  } else {
    for (const [name, member] of node.members) {
      yield* walk(member, path === '' ? name : `${path}.${name}`, offset, node.swapped);
    }
  }
}

interface Target {
  plain: RegisterIO;
  swapped: RegisterIO;
}

function bind(node: Node, path: string, start: number, target: Target, swapped: boolean): unknown {
  const offset = start + node.offset;
  if (node.kind === 'register') {
    return new node.Class(path, swapped ? target.swapped : target.plain, offset);
  }
  if (node.kind === 'array') {
    return Array.from({ length: node.count }, (_, index) =>
      bind(node.element, `${path}[${index}]`, offset + index * node.stride, target, swapped),
    );
  }
  return Object.fromEntries(
    node.members.map(([name, member]) => [
      name,
      bind(member, path === '' ? name : `${path}.${name}`, offset, target, node.swapped),
    ]),
  );
}

function extent(node: Node): number {
  if (node.kind === 'register') return node.offset + node.layout.width / 8;
  if (node.kind === 'array') {
    return node.count === 0 ? 0 : node.offset + (node.count - 1) * node.stride + extent(node.element);
  }
  return node.offset + node.members.reduce((most, [, member]) => Math.max(most, extent(member)), 0);
}

/** The typed description of a device's registers and fields. Made by {@link registerMap}. */
export class RegisterMap<S> {
  /** Name of the device or block, if it was given. */
  readonly name: string | undefined;
  /** Bytes from the start of the map to the end of its last register. */
  readonly length: number;
  readonly #root: Node;
  #paths: Map<string, MapEntry> | undefined;

  constructor(spec: MapSpec, options: MapOptions & { dynamic?: boolean }) {
    this.name = options.name;
    this.#root = compileGroup('', 0, spec, {
      swapped: options.byteOrder === 'big',
      namesUnchecked: options.dynamic ?? false,
    });
    this.length = extent(this.#root);
  }

  /**
   * The map's registers in a region. No access happens here.
   *
   * @param offset - where in the region the map begins, in bytes
   * @throws MmapioError `ERR_OUT_OF_RANGE` where the region is too short for the map
   */
  at(io: RegisterIO, offset = 0): Bound<S> {
    checkOffset(this.name ?? '', 'offset', offset);
    if (offset + this.length > io.length) {
      throw new MmapioError(
        'ERR_OUT_OF_RANGE',
        `${this.name ?? 'The register map'} needs ${this.length} bytes from 0x${offset.toString(16)} on; ` +
          `the region has ${io.length}`,
      );
    }
    const target = { plain: io, swapped: new SwappedIO(io) };
    return bind(this.#root, '', offset, target, false) as Bound<S>;
  }

  /**
   * One register in a region, by the path that {@link entries} gives it: `CHANNEL[2].LEN`. No access happens here.
   *
   * @throws MmapioError `ERR_NOT_FOUND` where the map has no such register, `ERR_OUT_OF_RANGE` where the region
   * does not
   */
  register(io: RegisterIO, path: string, offset = 0): DynamicRegister {
    const entry = this.#entry(path);
    if (offset + entry.offset + entry.layout.width / 8 > io.length) {
      throw new MmapioError('ERR_OUT_OF_RANGE', `${path} is outside the region of ${io.length} bytes`);
    }
    const target = entry.byteOrder === 'big' ? new SwappedIO(io) : io;
    const register = new (registerClass(entry.layout, true))(path, target, offset + entry.offset);
    return register as unknown as DynamicRegister;
  }

  #entry(path: string): MapEntry {
    this.#paths ??= new Map(Array.from(this.entries(), (entry) => [entry.path, entry]));
    const entry = this.#paths.get(path);
    if (entry === undefined) {
      throw new MmapioError('ERR_NOT_FOUND', `${this.name ?? 'The register map'} has no register '${path}'`);
    }
    return entry;
  }

  /** Every register, array elements one by one, in the order of the description. */
  entries(): Generator<MapEntry> {
    return walk(this.#root, '', 0, false);
  }
}

/**
 * Describes a device's registers once; `at` then gives them for any region.
 *
 * @throws MmapioError `ERR_INVALID_ARGUMENT` naming the register or field that does not fit
 */
export function registerMap<const S extends MapSpec>(registers: S, options: MapOptions = {}): RegisterMap<S> {
  return new RegisterMap<S>(registers, options);
}
