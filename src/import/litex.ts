import type { PeripheralDescription, RegisterDescription } from '../registers/description.js';
import { hexString, parseBits, parseCount } from './numbers.js';
import { type ImportedDevice, type ImportOptions, Report } from './problems.js';
import { said } from './said.js';

/*
 * LiteX lists its control and status registers (CSRs) as csr.json and as csr.csv, with the same facts. A CSR
 * wider than the CSR bus takes several bus words, one access each, so it becomes an array of words; LiteX puts the
 * most significant word first unless built with little ordering.
 */

interface Csr {
  name: string;
  address: bigint;
  words: number;
  type: string;
  line?: number | undefined;
}

interface Soc {
  bases: Map<string, bigint>;
  registers: Csr[];
  constants: Map<string, string>;
  memories: { name: string; base: bigint; size: number; type: string }[];
}

const ACCESS = { rw: 'read-write', ro: 'read-only', wo: 'write-only' } as const;

function registerOf(csr: Csr, owner: string, base: bigint, bus: Bus, report: Report): RegisterDescription {
  const place = { line: csr.line, element: `csr_register ${csr.name}` };
  const offset = Number(csr.address - base);
  if (offset < 0) report.fail(`lies before the base of ${owner}`, place);
  const access = ACCESS[csr.type as keyof typeof ACCESS];
  if (access === undefined && csr.type !== '')
    report.warn('unknown-word', `type '${csr.type}'; ignored`, place);
  const words = csr.words > 1;
  return {
    kind: 'register',
    name: csr.name.slice(owner.length + 1) || csr.name,
    ...(words && {
      description: `${csr.words} words of ${bus.dataWidth} bits, ${bus.order} significant first`,
    }),
    offset,
    ...(words && { array: { count: csr.words, stride: bus.alignment / 8 } }),
    size: Math.max(bus.dataWidth, 32),
    ...said({ access }),
    fields:
      bus.dataWidth < 32
        ? [{ name: 'VALUE', bitOffset: 0, bitWidth: bus.dataWidth, ...said({ access }) }]
        : [],
  };
}

interface Bus {
  dataWidth: number;
  alignment: number;
  order: 'most' | 'least';
}

function busOf(constants: Soc['constants']): Bus {
  const number = (name: string, otherwise: number) => parseCount(constants.get(name) ?? '') ?? otherwise;
  const dataWidth = number('config_csr_data_width', 32);
  return {
    dataWidth,
    alignment: number('config_csr_alignment', 32),
    order: constants.has('config_csr_ordering_little') ? 'least' : 'most',
  };
}

/** The base whose name the register's begins with; of several (`uart`, `uart_phy`) the longest. */
function ownerOf(csr: Csr, bases: Soc['bases'], report: Report): string {
  let owner: string | undefined;
  for (const name of bases.keys()) {
    if (csr.name.startsWith(`${name}_`) && (owner === undefined || name.length > owner.length)) owner = name;
  }
  return (
    owner ?? report.fail('belongs to no csr_base', { line: csr.line, element: `csr_register ${csr.name}` })
  );
}

function deviceOf(soc: Soc, report: Report): ImportedDevice {
  const bus = busOf(soc.constants);
  const peripherals = new Map<string, PeripheralDescription>();
  for (const [name, base] of soc.bases) {
    const interrupt = parseCount(soc.constants.get(`${name}_interrupt`) ?? '');
    peripherals.set(name, {
      name,
      baseAddress: hexString(base),
      ...(interrupt !== undefined && { interrupts: [{ name, value: interrupt }] }),
      registers: [],
    });
  }
  for (const csr of soc.registers) {
    const owner = ownerOf(csr, soc.bases, report);
    peripherals
      .get(owner)
      ?.registers.push(registerOf(csr, owner, soc.bases.get(owner) as bigint, bus, report));
  }
  const memories = soc.memories.map(
    ({ name, base, size, type }): PeripheralDescription => ({
      name: peripherals.has(name) ? `${name}_memory` : name,
      ...(type !== '' && { description: type }),
      baseAddress: hexString(base),
      addressBlocks: [{ offset: 0, size, usage: 'memory' }],
      registers: [],
    }),
  );
  return {
    format: 'mmapio-device',
    formatVersion: 1,
    name: soc.constants.get('config_cpu_human_name') ?? 'litex',
    width: bus.dataWidth,
    peripherals: [...peripherals.values(), ...memories],
    warnings: report.warnings,
  };
}

// ---- csr.json ---------------------------------------------------------------------------------------------

type Json = Record<string, unknown>;

function objectAt(source: Json, key: string, report: Report): [string, unknown][] {
  const value = source[key] ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    report.fail(`'${key}' is not an object`);
  return Object.entries(value as Json);
}

function numberAt(value: unknown, what: string, report: Report): bigint {
  const bits = parseBits(String(value));
  return bits?.value ?? report.fail(`${what} is '${String(value)}', which is no number`);
}

/** The device that an already parsed csr.json describes. */
export function litexDevice(source: Json, report: Report): ImportedDevice {
  const entry = (value: unknown, name: string) =>
    typeof value === 'object' && value !== null ? (value as Json) : report.fail(`'${name}' is not an object`);
  return deviceOf(
    {
      bases: new Map(
        objectAt(source, 'csr_bases', report).map(([name, value]) => [
          name,
          numberAt(value, `base of ${name}`, report),
        ]),
      ),
      registers: objectAt(source, 'csr_registers', report).map(([name, value]) => {
        const { addr, size, type } = entry(value, name);
        return {
          name,
          address: numberAt(addr, `address of ${name}`, report),
          words: Number(numberAt(size ?? 1, `size of ${name}`, report)),
          type: String(type ?? ''),
        };
      }),
      constants: new Map(objectAt(source, 'constants', report).map(([name, value]) => [name, String(value)])),
      memories: objectAt(source, 'memories', report).map(([name, value]) => {
        const { base, size, type } = entry(value, name);
        return {
          name,
          base: numberAt(base, `base of ${name}`, report),
          size: Number(numberAt(size, `size of ${name}`, report)),
          type: String(type ?? ''),
        };
      }),
    },
    report,
  );
}

// ---- csr.csv ----------------------------------------------------------------------------------------------

/** Reads LiteX's `csr.csv`. */
export function parseLitexCsv(source: string, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  const soc: Soc = { bases: new Map(), registers: [], constants: new Map(), memories: [] };
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (text.trim() === '' || text.startsWith('#')) continue;
    const [kind = '', name = '', first = '', second = '', third = ''] = text
      .split(',')
      .map((part) => part.trim());
    const number = (value: string) =>
      parseBits(value)?.value ?? report.fail(`'${value}' is no number`, { line, element: `${kind} ${name}` });
    if (kind === 'csr_base') soc.bases.set(name, number(first));
    else if (kind === 'csr_register') {
      soc.registers.push({ name, address: number(first), words: Number(number(second)), type: third, line });
    } else if (kind === 'constant') soc.constants.set(name, first);
    else if (kind === 'memory_region') {
      soc.memories.push({ name, base: number(first), size: Number(number(second)), type: third });
    } else report.fail(`a line of the unknown kind '${kind}'`, { line });
  }
  if (soc.bases.size === 0) report.fail('no csr_base: not a csr.csv of LiteX');
  return deviceOf(soc, report);
}
