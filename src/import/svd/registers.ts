import type {
  Access,
  ClusterDescription,
  EnumerationDescription,
  FieldDescription,
  HexString,
  RegisterDescription,
  RegisterNode,
} from '../../registers/description.js';
import { hexString, parseCount } from '../numbers.js';
import { ImportError } from '../problems.js';
import { said } from '../said.js';
import type { XmlElement } from '../xml.js';
import { placeOf } from './derive.js';
import { instancesOf, labelled } from './dim.js';
import type { Reader } from './reader.js';

/** What registers take over from the elements around them. */
export interface Inherited {
  size?: number | undefined;
  access?: Access | undefined;
  resetValue?: HexString | undefined;
  resetMask?: HexString | undefined;
}

/** What belongs to every register name of a peripheral. */
export interface Affixes {
  prefix: string;
  suffix: string;
}

/** The properties of an element where it has them, of those around it where not. */
export function inherit(reader: Reader, element: XmlElement, outer: Inherited): Inherited {
  const resetValue = reader.bits(element, 'resetValue');
  const resetMask = reader.bits(element, 'resetMask');
  return {
    size: reader.count(element, 'size') ?? outer.size,
    access: reader.access(element) ?? outer.access,
    resetValue: resetValue === undefined ? outer.resetValue : hexString(resetValue.value),
    resetMask: resetMask === undefined ? outer.resetMask : hexString(resetMask.value),
  };
}

// ---- fields -----------------------------------------------------------------------------------------------

interface Position {
  bitOffset: number;
  bitWidth: number;
}

/** Reads `[7:0]`, `7:0`, `[3]`. */
function parseRange(text: string): [number, number] | undefined {
  const match = /^\[?\s*([^\s:\]]+)\s*(?::\s*([^\s\]]+)\s*)?\]?$/.exec(text);
  const first = match?.[1] === undefined ? undefined : parseCount(match[1]);
  const second = match?.[2] === undefined ? first : parseCount(match[2]);
  return first === undefined || second === undefined ? undefined : [first, second];
}

function position(reader: Reader, element: XmlElement): Position {
  const link = reader
    .chain(element)
    .find(({ children }) =>
      children.some(({ name }) => name === 'bitRange' || name === 'lsb' || name === 'bitOffset'),
    );
  if (link === undefined) reader.report.fail('the field has no bit position', placeOf(element));
  const range = link.textOf('bitRange');
  if (range !== undefined) {
    const bits = parseRange(range);
    if (bits === undefined)
      reader.report.fail(`<bitRange> is '${range}', which is no range of bits`, placeOf(element));
    return ordered(reader, element, bits[0], bits[1]);
  }
  const lowest = link.child('bitOffset') === undefined ? 'lsb' : 'bitOffset';
  const lsb = reader.required(element, lowest);
  if (link.child('msb') !== undefined) return ordered(reader, element, reader.required(element, 'msb'), lsb);
  const width = reader.count(element, 'bitWidth');
  if (width === undefined) {
    reader.report.warn('missing-element', '<bitWidth> is missing; taken as one bit', placeOf(element));
  }
  return { bitOffset: lsb, bitWidth: width ?? 1 };
}

function ordered(reader: Reader, element: XmlElement, msb: number, lsb: number): Position {
  if (msb < lsb) {
    reader.report.warn('reversed-bits', `bits ${msb} to ${lsb} are written in reverse`, placeOf(element));
  }
  return { bitOffset: Math.min(msb, lsb), bitWidth: Math.abs(msb - lsb) + 1 };
}

function* fieldsOf(reader: Reader, element: XmlElement, inherited: Inherited): Generator<FieldDescription> {
  const name = reader.requiredName(element);
  const { bitOffset, bitWidth } = position(reader, element);
  const shared = said({
    access: reader.access(element) ?? inherited.access,
    modifiedWriteValues: reader.modifiedWriteValues(element),
    readAction: reader.readAction(element),
    writeConstraint: reader.writeConstraint(element),
    enumerations: reader.enumerations(element, bitWidth),
  });
  const description = reader.prose(element, 'description');
  for (const instance of instancesOf(name, reader.dim(element), false)) {
    const field: FieldDescription = {
      name: instance.name,
      bitOffset: bitOffset + instance.shift,
      bitWidth,
      ...shared,
    };
    if (description !== undefined) field.description = substituted(description, instance.label);
    if (inherited.size !== undefined && field.bitOffset + bitWidth > inherited.size) {
      const bits = `${field.bitOffset + bitWidth - 1} to ${field.bitOffset}`;
      reader.report.warn(
        'field-outside-register',
        `bits ${bits} are outside a register of ${inherited.size} bits`,
        placeOf(element),
      );
    }
    yield field;
  }
}

/** A field that means nothing does not spoil its register: it is left out, and the register's bits there are reserved. */
function usableFields(reader: Reader, element: XmlElement, inherited: Inherited): FieldDescription[] {
  try {
    return [...fieldsOf(reader, element, inherited)];
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    reader.report.warn('left-out', `${error.problem}; the field is left out`, placeOf(element));
    return [];
  }
}

const substituted = (text: string, label: string | undefined) =>
  label === undefined ? text : labelled(text, label);

// ---- registers and clusters -------------------------------------------------------------------------------

const fieldElements = (link: XmlElement) => [
  ...link.all('fields').flatMap((fields) => fields.all('field')),
  ...link.all('field'),
];

export const registerElements = (link: XmlElement): XmlElement[] =>
  link.children.flatMap((child) => {
    if (child.name === 'registers') return registerElements(child);
    return child.name === 'register' || child.name === 'cluster' ? [child] : [];
  });

const key = (element: XmlElement) =>
  [element.name, element.textOf('name') ?? element.line, element.textOf('alternateGroup') ?? ''].join('\0');

/**
 * Builds registers and clusters. What a derived peripheral inherits unchanged is built once and shared: the
 * result is data, not to be changed in place.
 */
export class RegisterBuilder {
  readonly #reader: Reader;
  readonly #built = new Map<XmlElement, Map<string, RegisterNode[]>>();
  /** What is being built at the moment, from the outermost inwards. */
  readonly #building = new Set<XmlElement>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** The registers and clusters directly inside a peripheral or cluster, inherited ones included. */
  membersOf(element: XmlElement, inherited: Inherited, affixes: Affixes): RegisterNode[] {
    const members = this.#reader.merged(element, registerElements, key);
    return members.flatMap((member) => this.#build(member, inherited, affixes));
  }

  #build(element: XmlElement, inherited: Inherited, affixes: Affixes): RegisterNode[] {
    const context = [
      inherited.size,
      inherited.access,
      inherited.resetValue,
      inherited.resetMask,
      affixes.prefix,
      affixes.suffix,
    ].join('\0');
    let contexts = this.#built.get(element);
    if (contexts === undefined) {
      contexts = new Map();
      this.#built.set(element, contexts);
    }
    let nodes = contexts.get(context);
    if (nodes === undefined) {
      if (this.#building.has(element)) {
        this.#reader.report.fail('derivedFrom puts the element inside itself', placeOf(element));
      }
      this.#building.add(element);
      nodes =
        element.name === 'cluster'
          ? [...this.#clusters(element, inherited, affixes)]
          : [...this.#registers(element, inherited, affixes)];
      contexts.set(context, nodes);
      this.#building.delete(element);
    }
    return nodes;
  }

  *#clusters(element: XmlElement, outer: Inherited, affixes: Affixes): Generator<ClusterDescription> {
    const reader = this.#reader;
    const name = reader.requiredName(element);
    const offset = reader.required(element, 'addressOffset');
    const registers = this.membersOf(element, inherit(reader, element, outer), affixes);
    const description = reader.prose(element, 'description');
    const alternateCluster = reader.text(element, 'alternateCluster');
    for (const { name: own, shift, label, array } of instancesOf(name, reader.dim(element), true)) {
      yield {
        kind: 'cluster',
        ...said({
          name: own,
          description: description && substituted(description, label),
          offset: offset + shift,
          array,
          alternateCluster,
        }),
        registers,
      };
    }
  }

  *#registers(element: XmlElement, outer: Inherited, affixes: Affixes): Generator<RegisterDescription> {
    const reader = this.#reader;
    const name = reader.requiredName(element);
    const offset = reader.required(element, 'addressOffset');
    const inherited = inherit(reader, element, outer);
    this.#checkReset(element, inherited);
    const fields = reader
      .merged(element, fieldElements, (field) => field.textOf('name') ?? `line ${field.line}`)
      .flatMap((field) => usableFields(reader, field, inherited));
    if (element.child('field') !== undefined) {
      reader.report.warn('misplaced-element', '<field> outside <fields>', placeOf(element));
    }
    const enumerations = this.#loose(element, inherited.size);
    reader.tally(1 + fields.length, element);
    const displayName = reader.text(element, 'displayName');
    const description = reader.prose(element, 'description');
    const rules = said({
      ...inherited,
      modifiedWriteValues: reader.modifiedWriteValues(element),
      readAction: reader.readAction(element),
      writeConstraint: reader.writeConstraint(element),
      alternateGroup: reader.text(element, 'alternateGroup'),
      enumerations,
    });
    const alternate = reader.text(element, 'alternateRegister');
    for (const { name: own, shift, label, array } of instancesOf(name, reader.dim(element), true)) {
      yield {
        kind: 'register',
        name: `${affixes.prefix}${own}${affixes.suffix}`,
        ...said({
          displayName: displayName && substituted(displayName, label ?? ''),
          description: description && substituted(description, label),
        }),
        offset: offset + shift,
        ...said({ array, alternateRegister: alternate && substituted(alternate, label) }),
        ...rules,
        fields,
      };
    }
  }

  /** Enumerated values in a register but outside any field. */
  #loose(element: XmlElement, size: number | undefined): EnumerationDescription[] | undefined {
    const reader = this.#reader;
    const between = reader.chain(element).flatMap((link) => link.all('fields'));
    const found = [element, ...between].flatMap((holder) => reader.enumerations(holder, size) ?? []);
    if (found.length === 0) return undefined;
    reader.report.warn('misplaced-element', '<enumeratedValues> outside any field', placeOf(element));
    return found;
  }

  /** Only what the register itself says is worth a warning: a device-wide default often is wider than some. */
  #checkReset(element: XmlElement, { size, resetValue }: Inherited): void {
    if (size === undefined || resetValue === undefined || element.child('resetValue') === undefined) return;
    if (BigInt(resetValue) >> BigInt(size) !== 0n) {
      this.#reader.report.warn(
        'value-outside-register',
        `reset value ${resetValue} is wider than ${size} bits`,
        placeOf(element),
      );
    }
  }
}
