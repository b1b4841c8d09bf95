import { unzipSync } from 'fflate';
import type {
  FieldDescription,
  PeripheralDescription,
  RegisterDescription,
} from '../registers/description.js';
import { hexString, parseBits, parseCount } from './numbers.js';
import { type ImportedDevice, type ImportOptions, Report } from './problems.js';
import { said } from './said.js';
import { ACCESS_WORDS, READ_WORDS, WRITE_WORDS } from './words.js';
import { parseXml, type XmlElement } from './xml.js';

/*
 * Vivado's hardware handoff. Every module (an IP core in the design) may list address blocks with registers;
 * where a block is in the address space is told by the memory ranges of whatever masters the bus.
 */

/** All descendants of that name. */
function* within(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.children) {
    if (child.name === name) yield child;
    yield* within(child, name);
  }
}

/** Registers and fields state their facts as `<PROPERTY NAME VALUE>`. */
class Properties {
  readonly #values: Map<string, string>;
  readonly #element: XmlElement;
  readonly #report: Report;

  constructor(element: XmlElement, report: Report) {
    this.#element = element;
    this.#report = report;
    this.#values = new Map(
      element
        .all('PROPERTY')
        .map((property) => [property.attribute('NAME') ?? '', property.attribute('VALUE') ?? '']),
    );
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.trim() || undefined;
  }

  get place() {
    return { line: this.#element.line, element: `${this.#element.name} ${this.#element.attribute('NAME')}` };
  }

  required(name: string): number {
    const text = this.text(name);
    const value = text === undefined ? undefined : parseCount(text);
    return (
      value ?? this.#report.fail(`${name} is ${text === undefined ? 'missing' : `'${text}'`}`, this.place)
    );
  }

  count(name: string): number | undefined {
    return this.text(name) === undefined ? undefined : this.required(name);
  }

  /** One of the words that a property may be; a word without meaning is left out with a warning. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.text(name);
    const word = words.find((candidate) => candidate === text);
    if (text !== undefined && word === undefined) {
      this.#report.warn('unknown-word', `${name} is '${text}'; ignored`, this.place);
    }
    return word;
  }

  reset() {
    const text = this.text('RESET_VALUE');
    const bits = text === undefined ? undefined : parseBits(text);
    return bits && hexString(bits.value);
  }
}

function fieldOf(element: XmlElement, report: Report): FieldDescription {
  const properties = new Properties(element, report);
  return {
    name: element.attribute('NAME') ?? report.fail('a field without a name', properties.place),
    bitOffset: properties.required('BIT_OFFSET'),
    bitWidth: properties.required('BIT_WIDTH'),
    ...said({
      description: properties.text('DESCRIPTION'),
      access: properties.word('ACCESS', ACCESS_WORDS),
      // The tool writes the first name where it means the second.
      modifiedWriteValues:
        properties.word('MODIFIED_WRITE_VALUES', WRITE_WORDS) ??
        properties.word('MODIFIED_READ_VALUES', WRITE_WORDS),
      readAction: properties.word('READ_ACTION', READ_WORDS),
    }),
  };
}

function registerOf(element: XmlElement, report: Report): RegisterDescription {
  const properties = new Properties(element, report);
  const fields = element.all('FIELDS').flatMap((list) => list.all('FIELD'));
  return {
    kind: 'register',
    name: element.attribute('NAME') ?? report.fail('a register without a name', properties.place),
    ...said({ description: properties.text('DESCRIPTION') }),
    offset: properties.required('ADDRESS_OFFSET'),
    ...said({
      size: properties.count('SIZE'),
      access: properties.word('ACCESS', ACCESS_WORDS),
      resetValue: properties.reset(),
    }),
    fields: fields.map((field) => fieldOf(field, report)),
  };
}

interface Range {
  element: XmlElement;
  instance: string;
  base: bigint;
  high: bigint;
}

/** Every distinct range of an instance: two masters that see it at one address make one. */
function rangesOf(root: XmlElement, report: Report): Range[] {
  const ranges = new Map<string, Range>();
  for (const element of within(root, 'MEMRANGE')) {
    const instance = element.attribute('INSTANCE');
    const base = parseBits(element.attribute('BASEVALUE') ?? '');
    const high = parseBits(element.attribute('HIGHVALUE') ?? '');
    if (instance === undefined || base === undefined || high === undefined) {
      report.warn('left-out', 'a memory range without instance, base or end', {
        line: element.line,
        element: 'MEMRANGE',
      });
      continue;
    }
    const key = [instance, element.attribute('ADDRESSBLOCK'), base.value].join('\0');
    if (!ranges.has(key)) ranges.set(key, { element, instance, base: base.value, high: high.value });
  }
  return [...ranges.values()];
}

function blockOf(module: XmlElement | undefined, range: XmlElement): XmlElement | undefined {
  const blocks = module === undefined ? [] : [...within(module, 'ADDRESSBLOCK')];
  const same = (block: XmlElement, name: string, wanted: string) =>
    (block.attribute(name) ?? '').toLowerCase() === (range.attribute(wanted) ?? '').toLowerCase();
  const named = blocks.filter((block) => same(block, 'NAME', 'ADDRESSBLOCK'));
  return named.find((block) => same(block, 'INTERFACE', 'SLAVEBUSINTERFACE')) ?? named[0];
}

function peripheralOf(range: Range, name: string, modules: Map<string, XmlElement>, report: Report) {
  const module = modules.get(range.instance);
  const block = blockOf(module, range.element);
  const memory = range.element.attribute('MEMTYPE') === 'MEMORY' || block?.attribute('USAGE') === 'memory';
  const registers = block === undefined ? [] : [...within(block, 'REGISTER')];
  const peripheral: PeripheralDescription = {
    name,
    ...said({ description: module?.attribute('VLNV'), version: module?.attribute('HWVERSION') }),
    ...said({ groupName: module?.attribute('MODTYPE') }),
    baseAddress: hexString(range.base),
    addressBlocks: [
      { offset: 0, size: Number(range.high - range.base + 1n), usage: memory ? 'memory' : 'registers' },
    ],
    registers: registers.map((register) => registerOf(register, report)),
  };
  return peripheral;
}

/** `INSTANCE`, or with the address block or a number where the instance has more than one range. */
function rangeNames(ranges: readonly Range[]): string[] {
  const taken = new Set<string>();
  return ranges.map(({ instance, element }) => {
    const alone = ranges.filter((other) => other.instance === instance).length === 1;
    const wanted = alone ? instance : `${instance}_${element.attribute('ADDRESSBLOCK') ?? 'range'}`;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  });
}

/** The device that an already parsed document describes. */
export function hwhDevice(root: XmlElement, report: Report): ImportedDevice {
  if (root.name !== 'EDKSYSTEM') {
    report.fail(`the root element is <${root.name}>, not the <EDKSYSTEM> of a hardware handoff`, {
      line: root.line,
    });
  }
  const modules = new Map(
    Array.from(within(root, 'MODULE'), (module) => [module.attribute('INSTANCE') ?? '', module]),
  );
  const ranges = rangesOf(root, report);
  const names = rangeNames(ranges);
  if (ranges.length === 0)
    report.warn('missing-element', 'the design has no memory ranges', { line: root.line });
  const info = root.child('SYSTEMINFO');
  return {
    format: 'mmapio-device',
    formatVersion: 1,
    name: info?.attribute('NAME') ?? 'design',
    ...said({ description: info?.attribute('DEVICE'), series: info?.attribute('ARCH') }),
    ...said({ version: root.attribute('VIVADOVERSION') }),
    peripherals: ranges.map((range, index) => peripheralOf(range, names[index] as string, modules, report)),
    warnings: report.warnings,
  };
}

/** Reads a Vivado hardware handoff (`.hwh`). */
export function parseHwh(source: string | Uint8Array, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  return hwhDevice(parseXml(source, report), report);
}

/** The handoff of the default block design: named by the archive's sysdef.xml, or the only one. */
function mainHandoff(files: Record<string, Uint8Array>, report: Report): string {
  const names = Object.keys(files).filter((name) => name.endsWith('.hwh'));
  const [only, second] = names;
  if (only === undefined) report.fail('the archive holds no .hwh file');
  if (second === undefined) return only;
  const sysdef = files['sysdef.xml'];
  const listed = sysdef === undefined ? [] : [...within(parseXml(sysdef, report), 'File')];
  const main = listed.find((file) => file.attribute('BD_TYPE') === 'DEFAULT_BD')?.attribute('Name');
  if (main !== undefined && files[main] !== undefined) return main;
  report.warn('ambiguous-reference', `the archive holds ${names.length} .hwh files; took ${only}`);
  return only;
}

/** Reads the hardware handoff inside a Vivado platform archive (`.xsa`). */
export function parseXsa(source: Uint8Array, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(source, { filter: ({ name }) => name.endsWith('.hwh') || name === 'sysdef.xml' });
  } catch (cause) {
    return report.fail('the archive cannot be unpacked', {}, { cause });
  }
  const name = mainHandoff(files, report);
  return parseHwh(files[name] as Uint8Array, {
    ...options,
    file: options.file === undefined ? name : `${options.file}(${name})`,
  });
}
