import type {
  Access,
  ArrayDescription,
  EnumeratedValueDescription,
  EnumerationDescription,
  FieldDescription,
  PeripheralDescription,
  RegisterDescription,
  RegisterNode,
  WriteConstraint,
} from '../../registers/description.js';
import { hexString } from '../numbers.js';
import { type ImportedDevice, type ImportOptions, Report } from '../problems.js';
import { said } from '../said.js';
import { ACCESS_WORDS, READ_WORDS, WRITE_WORDS, wordTable } from '../words.js';
import { parseXml, type XmlElement } from '../xml.js';
import { evaluate } from './expression.js';

/*
 * IP-XACT components (IEEE 1685-2009, 2014, and what 2022 keeps of them): every address block of every memory
 * map becomes a peripheral, register files become clusters.
 */

const ACCESS = wordTable(ACCESS_WORDS);
const WRITES = wordTable(WRITE_WORDS);
const READS = wordTable(READ_WORDS);

const placeOf = (element: XmlElement) => ({
  line: element.line,
  element: [element.name, element.textOf('name')].filter((part) => part !== undefined).join(' '),
});

/** Elements that may stand in a wrapper of the policies that the 2022 schema introduced. */
const policy = (element: XmlElement, list: string, one: string) => element.child(list)?.child(one) ?? element;

class Component {
  readonly report: Report;
  readonly #parameters = new Map<string, string>();
  readonly #values = new Map<string, bigint | undefined>();

  constructor(root: XmlElement, report: Report) {
    this.report = report;
    for (const parameter of root.all('parameters').flatMap((list) => list.all('parameter'))) {
      const value = parameter.textOf('value');
      const id = parameter.attribute('parameterId') ?? parameter.child('value')?.attribute('id') ?? '';
      if (value !== undefined) this.#parameters.set(id, value);
    }
  }

  #value(text: string): bigint | undefined {
    return evaluate(text, (name) => this.#parameter(name));
  }

  #parameter(name: string): bigint | undefined {
    const text = this.#parameters.get(name);
    if (text === undefined) return undefined;
    if (!this.#values.has(name)) {
      // Without a value while it is worked out, so that one that leads back to itself has none.
      this.#values.set(name, undefined);
      this.#values.set(name, this.#value(text));
    }
    return this.#values.get(name);
  }

  bits(element: XmlElement, name: string): bigint | undefined {
    const text = element.textOf(name);
    if (text === undefined) return undefined;
    const value = this.#value(text);
    if (value === undefined || value < 0n) {
      this.report.fail(`<${name}> is '${text}', which cannot be worked out`, placeOf(element));
    }
    return value;
  }

  count(element: XmlElement, name: string): number | undefined {
    const value = this.bits(element, name);
    return value === undefined ? undefined : Number(value);
  }

  required(element: XmlElement, name: string): number {
    return this.count(element, name) ?? this.report.fail(`<${name}> is missing`, placeOf(element));
  }

  name(element: XmlElement): string {
    return element.textOf('name') ?? this.report.fail('<name> is missing', placeOf(element));
  }

  word<T>(element: XmlElement, name: string, known: Record<string, T>): T | undefined {
    const text = element.textOf(name);
    if (text === undefined) return undefined;
    const word = known[text.toLowerCase()];
    if (word === undefined)
      this.report.warn('unknown-word', `<${name}> is '${text}'; ignored`, placeOf(element));
    return word;
  }

  /** The element's dimensions as one array, its elements `size` bytes apart unless a stride says otherwise. */
  array(element: XmlElement, size: number, unit: number): ArrayDescription | undefined {
    const list = element.child('array') ?? element;
    const dims = list.all('dim');
    if (dims.length === 0) return undefined;
    const count = dims.reduce((product, dim) => {
      const value = this.#value(dim.textOf('value') ?? dim.text.trim());
      return value === undefined
        ? this.report.fail('<dim> cannot be worked out', placeOf(element))
        : product * value;
    }, 1n);
    const stride = this.count(list, 'stride');
    return { count: Number(count), stride: stride === undefined ? size : (stride * unit) / 8 };
  }
}

// ---- fields -----------------------------------------------------------------------------------------------

function enumerations(component: Component, element: XmlElement): EnumerationDescription[] | undefined {
  const list = element.child('enumeratedValues');
  if (list === undefined) return undefined;
  const byUsage = new Map<string, EnumeratedValueDescription[]>();
  for (const value of list.all('enumeratedValue')) {
    const usage = value.attribute('usage') ?? 'read-write';
    const bits = component.bits(value, 'value');
    const values = byUsage.get(usage) ?? [];
    byUsage.set(usage, values);
    values.push(
      said({
        name: value.textOf('name'),
        description: value.textOf('description') ?? value.textOf('displayName'),
        value: bits === undefined ? undefined : hexString(bits),
      }),
    );
  }
  return [...byUsage].map(([usage, values]) => ({
    ...(usage !== 'read-write' && { usage: usage as 'read' | 'write' }),
    values,
  }));
}

function constraint(component: Component, element: XmlElement): WriteConstraint | undefined {
  const limits = element.child('writeValueConstraint');
  if (limits === undefined) return undefined;
  const minimum = component.bits(limits, 'minimum');
  const maximum = component.bits(limits, 'maximum');
  return {
    ...(limits.textOf('writeAsRead') === 'true' && { writeAsRead: true }),
    ...(limits.textOf('useEnumeratedValues') === 'true' && { useEnumeratedValues: true }),
    ...(minimum !== undefined &&
      maximum !== undefined && { range: { minimum: hexString(minimum), maximum: hexString(maximum) } }),
  };
}

/** The value of the first reset: of the one for power-on or any where none is named. */
function resetOf(component: Component, element: XmlElement) {
  const resets = element.child('resets')?.all('reset') ?? element.all('reset');
  const reset = resets.find((candidate) => candidate.attribute('resetTypeRef') === undefined) ?? resets[0];
  const value = reset && component.bits(reset, 'value');
  const mask = reset && component.bits(reset, 'mask');
  return said({
    resetValue: value === undefined ? undefined : hexString(value),
    resetMask: mask === undefined ? undefined : hexString(mask),
  });
}

function fieldOf(component: Component, element: XmlElement, outer: Access | undefined): FieldDescription {
  const rules = policy(element, 'fieldAccessPolicies', 'fieldAccessPolicy');
  const { resetValue } = resetOf(component, element);
  return {
    name: component.name(element),
    ...said({ description: element.textOf('description') }),
    bitOffset: component.required(element, 'bitOffset'),
    bitWidth: component.required(element, 'bitWidth'),
    ...said({
      access: component.word(rules, 'access', ACCESS) ?? outer,
      modifiedWriteValues: component.word(rules, 'modifiedWriteValue', WRITES),
      readAction: component.word(rules, 'readAction', READS),
      writeConstraint: constraint(component, rules),
      resetValue,
      enumerations: enumerations(component, element),
    }),
  };
}

// ---- registers --------------------------------------------------------------------------------------------

interface Scope {
  access: Access | undefined;
  /** Bits of an address unit. */
  unit: number;
}

function registerOf(component: Component, element: XmlElement, scope: Scope): RegisterDescription {
  const size = component.required(element, 'size');
  const access =
    component.word(policy(element, 'accessPolicies', 'accessPolicy'), 'access', ACCESS) ?? scope.access;
  return {
    kind: 'register',
    name: component.name(element),
    ...said({ displayName: element.textOf('displayName'), description: element.textOf('description') }),
    offset: (component.required(element, 'addressOffset') * scope.unit) / 8,
    ...said({ array: component.array(element, Math.ceil(size / scope.unit) * (scope.unit / 8), scope.unit) }),
    size,
    ...said({ access }),
    ...resetOf(component, element),
    fields: element.all('field').map((field) => fieldOf(component, field, access)),
  };
}

function alternatesOf(component: Component, element: XmlElement, scope: Scope): RegisterDescription[] {
  const list = element.child('alternateRegisters')?.all('alternateRegister') ?? [];
  const { offset, size, array } = registerOf(component, element, scope);
  return list.map((alternate) => {
    const access = component.word(alternate, 'access', ACCESS) ?? scope.access;
    const group = alternate.child('alternateGroups')?.textOf('alternateGroup');
    return {
      kind: 'register',
      name: component.name(alternate),
      ...said({ description: alternate.textOf('description') }),
      offset,
      ...said({ array, size, access }),
      ...resetOf(component, alternate),
      ...said({ alternateGroup: group, alternateRegister: element.textOf('name') }),
      fields: alternate.all('field').map((field) => fieldOf(component, field, access)),
    };
  });
}

function nodesOf(component: Component, element: XmlElement, scope: Scope): RegisterNode[] {
  return element.children.flatMap((child): RegisterNode[] => {
    if (child.name === 'register') {
      return [registerOf(component, child, scope), ...alternatesOf(component, child, scope)];
    }
    if (child.name !== 'registerFile') return [];
    const range = (component.required(child, 'range') * scope.unit) / 8;
    const access =
      component.word(policy(child, 'accessPolicies', 'accessPolicy'), 'access', ACCESS) ?? scope.access;
    return [
      {
        kind: 'cluster',
        name: component.name(child),
        ...said({ description: child.textOf('description') }),
        offset: (component.required(child, 'addressOffset') * scope.unit) / 8,
        ...said({ array: component.array(child, range, scope.unit) }),
        registers: nodesOf(component, child, { ...scope, access }),
      },
    ];
  });
}

function peripheralOf(component: Component, block: XmlElement, unit: number): PeripheralDescription {
  const access = component.word(policy(block, 'accessPolicies', 'accessPolicy'), 'access', ACCESS);
  const base = component.bits(block, 'baseAddress');
  const range = component.count(block, 'range');
  const usage = block.textOf('usage');
  return {
    name: component.name(block),
    ...said({ displayName: block.textOf('displayName'), description: block.textOf('description') }),
    baseAddress: hexString(
      ((base ?? component.report.fail('<baseAddress> is missing', placeOf(block))) * BigInt(unit)) / 8n,
    ),
    ...(range !== undefined && {
      addressBlocks: [
        {
          offset: 0,
          size: (range * unit) / 8,
          usage: usage === 'register' ? 'registers' : (usage ?? 'registers'),
        },
      ],
    }),
    registers: nodesOf(component, block, { access, unit }),
  };
}

/** Names made different: a block's name, with its memory map's before it where two maps have one of that name. */
function distinct(
  peripherals: { map: string; peripheral: PeripheralDescription }[],
): PeripheralDescription[] {
  return peripherals.map(({ map, peripheral }) => {
    const alone = peripherals.filter((other) => other.peripheral.name === peripheral.name).length === 1;
    return alone ? peripheral : { ...peripheral, name: `${map}_${peripheral.name}` };
  });
}

/** The component that an already parsed document describes. */
export function ipxactDevice(root: XmlElement, report: Report): ImportedDevice {
  if (root.name !== 'component') {
    report.fail(`the root element is <${root.name}>, not the <component> of an IP-XACT file`, {
      line: root.line,
    });
  }
  const component = new Component(root, report);
  const found = root
    .all('memoryMaps')
    .flatMap((maps) => maps.all('memoryMap'))
    .flatMap((map) => {
      const unit = component.count(map, 'addressUnitBits') ?? 8;
      for (const other of [...map.all('bank'), ...map.all('subspaceMap')]) {
        report.warn('left-out', `a <${other.name}> is left out`, placeOf(other));
      }
      return map.all('addressBlock').map((block) => ({
        map: map.textOf('name') ?? 'map',
        peripheral: peripheralOf(component, block, unit),
      }));
    });
  if (found.length === 0)
    report.warn('missing-element', 'the component has no address blocks', { line: root.line });
  return {
    format: 'mmapio-device',
    formatVersion: 1,
    name: root.textOf('name') ?? 'component',
    ...said({
      description: root.textOf('description'),
      vendor: root.textOf('vendor'),
      version: root.textOf('version'),
    }),
    peripherals: distinct(found),
    warnings: report.warnings,
  };
}

/** Reads an IP-XACT component (IEEE 1685-2009 or 2014). */
export function parseIpXact(source: string | Uint8Array, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  return ipxactDevice(parseXml(source, report), report);
}
