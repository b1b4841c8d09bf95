import type {
  AddressBlockDescription,
  CpuDescription,
  InterruptDescription,
  PeripheralDescription,
} from '../../registers/description.js';
import { loadFile } from '../file.js';
import { hexString } from '../numbers.js';
import { type ImportedDevice, type ImportOptions, Report } from '../problems.js';
import { said } from '../said.js';
import { parseXml, type XmlElement } from '../xml.js';
import { placeOf } from './derive.js';
import { instancesOf, labelled } from './dim.js';
import { Reader } from './reader.js';
import { type Inherited, inherit, RegisterBuilder, registerElements } from './registers.js';

function interruptsOf(reader: Reader, element: XmlElement): InterruptDescription[] | undefined {
  const source = reader.chain(element).find((link) => link.child('interrupt') !== undefined);
  return source?.all('interrupt').flatMap((interrupt) => {
    const name = interrupt.textOf('name');
    const value = reader.count(interrupt, 'value');
    if (name === undefined || value === undefined) {
      reader.report.warn('left-out', 'an interrupt without name or value is left out', placeOf(element));
      return [];
    }
    return [said({ name, description: reader.prose(interrupt, 'description'), value })];
  });
}

function addressBlocksOf(reader: Reader, element: XmlElement): AddressBlockDescription[] | undefined {
  const source = reader.chain(element).find((link) => link.child('addressBlock') !== undefined);
  return source?.all('addressBlock').flatMap((block) => {
    const offset = reader.count(block, 'offset');
    const size = reader.count(block, 'size');
    if (offset === undefined || size === undefined) return [];
    return [said({ offset, size, usage: block.textOf('usage') })];
  });
}

function* peripheralsOf(
  reader: Reader,
  builder: RegisterBuilder,
  element: XmlElement,
  device: Inherited,
): Generator<PeripheralDescription> {
  const name = reader.requiredName(element);
  const base =
    reader.bits(element, 'baseAddress') ?? reader.report.fail('<baseAddress> is missing', placeOf(element));
  if (element.children.some((child) => child.name === 'register' || child.name === 'cluster')) {
    reader.report.warn('misplaced-element', 'registers outside <registers>', placeOf(element));
  }
  const prefix = reader.text(element, 'prependToName');
  const suffix = reader.text(element, 'appendToName');
  const shared = said({
    version: reader.text(element, 'version'),
    groupName: reader.text(element, 'groupName'),
    derivedFrom: element.attribute('derivedFrom')?.trim() || undefined,
    alternatePeripheral: reader.text(element, 'alternatePeripheral'),
    prependToName: prefix,
    appendToName: suffix,
    headerStructName: reader.text(element, 'headerStructName'),
  });
  const body = said({
    addressBlocks: addressBlocksOf(reader, element),
    interrupts: interruptsOf(reader, element),
  });
  const inherited = inherit(reader, element, device);
  const displayName = reader.text(element, 'displayName');
  const description = reader.prose(element, 'description');
  for (const { name: own, shift, label } of instancesOf(name, reader.dim(element), false)) {
    const insert = (text: string) => (label === undefined ? text : labelled(text, label));
    yield {
      name: own,
      ...said({
        displayName: displayName && insert(displayName),
        description: description && insert(description),
      }),
      ...shared,
      baseAddress: hexString(base.value + BigInt(shift)),
      ...body,
      registers: builder.membersOf(element, inherited, {
        prefix: insert(prefix ?? ''),
        suffix: insert(suffix ?? ''),
      }),
    };
  }
}

function cpuOf(root: XmlElement): CpuDescription | undefined {
  const cpu = root.child('cpu');
  return (
    cpu && said({ name: cpu.textOf('name'), revision: cpu.textOf('revision'), endian: cpu.textOf('endian') })
  );
}

/** The device that an already parsed document describes. */
export function svdDevice(root: XmlElement, report: Report): ImportedDevice {
  if (root.name !== 'device') {
    report.fail(`the root element is <${root.name}>, not the <device> of a CMSIS-SVD file`, {
      line: root.line,
    });
  }
  const reader = new Reader(report);
  const builder = new RegisterBuilder(reader);
  const inherited = inherit(reader, root, {});
  const elements = root.all('peripherals').flatMap((list) => list.all('peripheral'));
  if (elements.length === 0)
    report.warn('missing-element', 'the device has no peripherals', { line: root.line });
  const peripherals = elements.flatMap((element) => [...peripheralsOf(reader, builder, element, inherited)]);
  if (elements.every((element) => registerElements(element).length === 0)) {
    report.warn('missing-element', 'no peripheral has registers', { line: root.line });
  }
  return {
    format: 'mmapio-device',
    formatVersion: 1,
    name: root.textOf('name') ?? 'device',
    ...said({
      description: reader.prose(root, 'description'),
      vendor: root.textOf('vendor') ?? root.textOf('vendorID'),
      series: root.textOf('series'),
      version: root.textOf('version'),
      cpu: cpuOf(root),
      addressUnitBits: reader.count(root, 'addressUnitBits'),
      width: reader.count(root, 'width'),
    }),
    peripherals,
    warnings: report.warnings,
  };
}

/**
 * Reads a CMSIS-SVD document.
 *
 * @param source - its text, or its bytes in the encoding that they declare
 * @throws ImportError with file, line and element where it cannot be used
 */
export function parseSvd(source: string | Uint8Array, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  return svdDevice(parseXml(source, report), report);
}

/** Reads a CMSIS-SVD file. */
export async function readSvd(path: string, options: ImportOptions = {}): Promise<ImportedDevice> {
  return parseSvd(await loadFile(path), { file: path, ...options });
}
