import { isDeepStrictEqual } from 'node:util';
import type {
  DeviceDescription,
  EnumerationDescription,
  FieldDescription,
  PeripheralDescription,
  RegisterDescription,
  RegisterNode,
} from '../registers/description.js';
import { enumerationOf, fieldProblem, registerProblem, uniqueNames } from '../registers/from-description.js';
import { ImportError } from './problems.js';

/*
 * TypeScript from descriptions: the register map that an engineer would write by hand, so that what the compiler
 * completes and refuses is the same.
 */

export interface GenerateOptions {
  /** Only these peripherals; all when absent. */
  peripherals?: readonly string[] | undefined;
  /** What the module imports its words from. */
  from?: string | undefined;
  /** Width in bits of registers of which the description does not say it; 32 when absent. */
  defaultSize?: 8 | 16 | 32 | 64 | undefined;
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`;

/** A name as a property: bare where it can be. */
const property = (name: string) =>
  /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${JSON.stringify(name)}]`;

/** A name as a constant of the module. */
function identifier(name: string, taken: Set<string>): string {
  const base = name.replace(/[^\w$]/g, '_').replace(/^(\d)/, '_$1') || '_';
  let result = base;
  for (let number = 2; taken.has(result); number++) result = `${base}_${number}`;
  taken.add(result);
  return result;
}

/** A doc comment of one line; nothing where there is nothing to say. */
function comment(indent: string, ...parts: (string | undefined)[]): string {
  const text = parts
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
    .replaceAll('*/', '*\\/')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? '' : `${indent}/** ${text} */\n`;
}

class Writer {
  readonly #used = new Set<string>();
  readonly #defaultSize: number;

  constructor(defaultSize: number) {
    this.#defaultSize = defaultSize;
  }

  /** A word of the library, noted for the import. */
  #word(name: string): string {
    this.#used.add(name);
    return name;
  }

  get words(): string[] {
    return [...this.#used].sort();
  }

  map(peripheral: PeripheralDescription): string {
    const options = [`name: ${JSON.stringify(peripheral.name)}`];
    if (peripheral.byteOrder === 'big') options.push("byteOrder: 'big'");
    return `${this.#word('registerMap')}({\n${this.#nodes(peripheral.registers, '  ')}}, { ${options.join(', ')} })`;
  }

  #nodes(nodes: readonly RegisterNode[], indent: string): string {
    return uniqueNames(nodes)
      .map(([name, node]) => {
        const spec = node.kind === 'cluster' ? this.#cluster(node, indent) : this.#register(node, indent);
        if (spec === undefined)
          return `${indent}// ${name} is left out: ${this.#problem(node as RegisterDescription)}\n`;
        return `${comment(indent, node.description)}${indent}${property(name)}: ${spec},\n`;
      })
      .join('');
  }

  #cluster(node: Extract<RegisterNode, { kind: 'cluster' }>, indent: string): string {
    const inside = `{\n${this.#nodes(node.registers, `${indent}  `)}${indent}}`;
    if (node.array === undefined) return `${this.#word('block')}(${hex(node.offset)}, ${inside})`;
    const { count, stride } = node.array;
    return `${this.#word('array')}(${count}, ${hex(node.offset)}, ${hex(stride)}, ${inside})`;
  }

  #problem(node: RegisterDescription): string | undefined {
    return registerProblem(node, node.size ?? this.#defaultSize);
  }

  #register(node: RegisterDescription, indent: string): string | undefined {
    if (this.#problem(node) !== undefined) return undefined;
    const width = node.size ?? this.#defaultSize;
    const fields = this.#fields(node, width, `${indent}  `);
    const inside = fields === '' ? '' : `, {\n${fields}${indent}}`;
    const offset = node.array === undefined ? hex(node.offset) : '0';
    const spec = `${this.#word(`reg${width}`)}(${offset}${inside})${this.#registerRules(node, width)}`;
    if (node.array === undefined) return spec;
    return `${this.#word('array')}(${node.array.count}, ${hex(node.offset)}, ${hex(node.array.stride)}, ${spec})`;
  }

  #registerRules(node: RegisterDescription, width: number): string {
    const all = (1n << BigInt(width)) - 1n;
    const mixed = node.fields.some((field) => field.access !== node.access);
    const { access } = node;
    const rules: string[] = [];
    // Where fields differ from their register, each says for itself what it can do.
    if (access === 'read-only' && !mixed) rules.push('.readOnly()');
    if ((access === 'write-only' || access === 'writeOnce') && !mixed) rules.push('.writeOnly()');
    if (node.modifiedWriteValues !== undefined) rules.push(writeRule(node.modifiedWriteValues));
    if (node.readAction !== undefined) rules.push(readRule(node.readAction));
    if (node.resetValue !== undefined) {
      const value = BigInt(node.resetValue) & all;
      const mask = node.resetMask === undefined ? all : BigInt(node.resetMask) & all;
      const literal = (bits: bigint) => (width === 64 ? `${hex(bits)}n` : hex(bits));
      rules.push(`.reset(${literal(value)}${mask === all ? '' : `, ${literal(mask)}`})`);
    }
    return rules.join('');
  }

  #fields(node: RegisterDescription, width: number, indent: string): string {
    const shared = node.fields.every((field) => field.access === node.access) ? node.access : undefined;
    return uniqueNames(node.fields)
      .map(([name, field]) => {
        const problem = fieldProblem(field, width);
        if (problem !== undefined) return `${indent}// ${name} is left out: it ${problem}\n`;
        return `${comment(indent, field.description)}${indent}${property(name)}: ${this.#field(field, shared, indent)},\n`;
      })
      .join('');
  }

  #field(field: FieldDescription, shared: string | undefined, indent: string): string {
    const { bitOffset, bitWidth, access, enumerations } = field;
    const reading = enumerationOf(enumerations, bitWidth, 'read').values;
    const writing = enumerationOf(enumerations, bitWidth, 'write').values;
    const literal = (values: Record<string, bigint>, deeper = indent) =>
      enumerationLiteral(values, enumerations, bitWidth, deeper);
    const same = isDeepStrictEqual(reading, writing);
    const values = same ? literal(reading) : '';
    const spec =
      bitWidth === 1 && values === ''
        ? `${this.#word('bit')}(${bitOffset})`
        : `${this.#word('field')}(${bitOffset + bitWidth - 1}, ${bitOffset}${values && `, ${values}`})`;
    const rules: string[] = [];
    if (!same) {
      const deeper = `${indent}  `;
      rules.push(
        `.names({\n${deeper}read: ${literal(reading, deeper) || '{}'},\n` +
          `${deeper}write: ${literal(writing, deeper) || '{}'},\n${indent}})`,
      );
    }
    if (access !== shared && access === 'read-only') rules.push('.readOnly()');
    if (access !== shared && access === 'read-writeOnce') rules.push('.writeOnce()');
    if (access !== shared && (access === 'write-only' || access === 'writeOnce')) rules.push('.writeOnly()');
    if (field.modifiedWriteValues !== undefined) rules.push(writeRule(field.modifiedWriteValues));
    if (field.readAction !== undefined) rules.push(readRule(field.readAction));
    if (field.resetValue !== undefined) rules.push(`.reset(${field.resetValue}${bitWidth > 32 ? 'n' : ''})`);
    if (field.writeConstraint?.writeAsRead) rules.push('.writeAsRead()');
    return spec + rules.join('');
  }
}

const WRITE_RULES: Record<string, string> = {
  oneToClear: '.w1c()',
  oneToSet: '.w1s()',
  oneToToggle: '.w1t()',
  zeroToClear: '.w0c()',
  zeroToSet: '.w0s()',
  zeroToToggle: '.w0t()',
};
const writeRule = (rule: string) => WRITE_RULES[rule] ?? (rule === 'modify' ? '' : `.writeAction('${rule}')`);
const readRule = (rule: string) => (rule === 'clear' ? '.readClears()' : `.readAction('${rule}')`);

/** `{ OFF: 0, ON: 1 }`, with comments where the values are described; empty where there are no names. */
function enumerationLiteral(
  values: Record<string, bigint>,
  enumerations: readonly EnumerationDescription[] | undefined,
  width: number,
  indent: string,
): string {
  const names = Object.entries(values);
  if (names.length === 0) return '';
  const described = new Map(
    enumerations?.flatMap((list) => list.values.map((v) => [v.name, v.description] as const)),
  );
  const literal = (value: bigint) => (width > 32 ? `${value}n` : `${value}`);
  if (names.every(([name]) => described.get(name) === undefined)) {
    return `{ ${names.map(([name, value]) => `${property(name)}: ${literal(value)}`).join(', ')} }`;
  }
  const lines = names.map(
    ([name, value]) =>
      `${comment(`${indent}  `, described.get(name))}${indent}  ${property(name)}: ${literal(value)},\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

/**
 * A TypeScript module with one register map per peripheral, and its base address.
 *
 * @throws ImportError for a peripheral that the description does not have
 */
export function generateTypes(device: DeviceDescription, options: GenerateOptions = {}): string {
  const { peripherals: wanted, from = 'mmapio/registers', defaultSize = 32 } = options;
  for (const name of wanted ?? []) {
    if (device.peripherals.some((peripheral) => peripheral.name === name)) continue;
    const known = device.peripherals.map((peripheral) => peripheral.name).join(', ');
    throw new ImportError(`no peripheral '${name}'; there are ${known}`, undefined);
  }
  const writer = new Writer(defaultSize);
  const taken = new Set<string>();
  const sameMap = new Map<string, string>();
  const parts = device.peripherals
    .filter(({ name }) => wanted === undefined || wanted.includes(name))
    .map((peripheral) => {
      const name = identifier(peripheral.name, taken);
      const address = `/** Base address of ${peripheral.name}. */\nexport const ${identifier(`${name}_BASE`, taken)} = ${peripheral.baseAddress}n;\n`;
      const text = writer.map({ ...peripheral, name: '' });
      // Peripherals of one kind share their map: less to check for the compiler, and drivers fit all of them.
      const twin = sameMap.get(text);
      sameMap.set(text, twin ?? name);
      const map = twin ?? writer.map(peripheral);
      return `${comment('', peripheral.description)}export const ${name} = ${map};\n${address}`;
    });
  return [
    `// Generated by "mmapio types" from the description of ${device.name}. Do not edit: generate it anew.\n`,
    `import { ${writer.words.join(', ')} } from ${JSON.stringify(from)};\n`,
    ...parts,
  ].join('\n');
}
