/* Devices as they are named on the command line. */
import { join } from 'node:path';
import { MmapioError } from '../errors.js';
import type { InterruptSource, RegisterIO } from '../index.js';
import type { DynamicMap, RegisterMap } from '../registers/index.js';
import { UsageError } from './exit.js';
import { suggestion } from './nearest.js';
import { parseNumber } from './values.js';

export type Access = 'read' | 'read-write';

/** A device or file that a command works on. Opening one accesses no register. */
export interface Target {
  /** As the user named it. */
  readonly name: string;
  /** The registers; mapped when first asked for. */
  regs(): RegisterIO;
  /** Where the target has an interrupt. */
  readonly interrupts?: InterruptSource;
  /** The register map that the target itself brings. */
  readonly map?: RegisterMap<DynamicMap>;
  close(): void;
}

type Open = (rest: string, access: Access) => Promise<Omit<Target, 'name'>>;

interface Kind {
  form: string;
  about: string;
  open: Open;
}

/** Each kind of target by its prefix. The core is loaded only here, so that help and `doctor` work without it. */
export const KINDS: Readonly<Record<string, Kind>> = {
  uio: { form: 'uio:NAME[/MAP]', about: 'a UIO device by name, a map of it by index or name', open: openUio },
  '/dev/uio': { form: '/dev/uioN[/MAP]', about: 'a UIO device by its device node', open: openUioNode },
  pci: { form: 'pci:ADDRESS/barN', about: 'a BAR of a PCI device, which must be enabled', open: openPci },
  mem: { form: 'mem:ADDRESS+LENGTH', about: 'physical memory', open: openPhysical },
  file: { form: 'file:PATH', about: 'a plain file', open: openFile },
  sim: { form: 'sim:NAME', about: 'a built-in simulated device: sim:timer', open: openSimulated },
};

/** The kind and what follows its prefix; `undefined` for what is no target, such as a plain path. */
export function splitTarget(text: string): { kind: string; rest: string } | undefined {
  if (/^\/dev\/uio\d+(\/|$)/.test(text)) return { kind: '/dev/uio', rest: text };
  const [, kind, rest] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  return kind === undefined || rest === undefined || !Object.hasOwn(KINDS, kind) ? undefined : { kind, rest };
}

/**
 * Opens a target; with access `'read'` files and physical memory are mapped without the right to write.
 *
 * @throws UsageError where the name is none; MmapioError what the device refuses
 */
export async function openTarget(text: string, access: Access): Promise<Target> {
  const found = splitTarget(text);
  const kind = found && KINDS[found.kind];
  if (found === undefined || kind === undefined) throw notATarget(text);
  const opened = await kind.open(found.rest, access);
  return Object.assign(opened, { name: text });
}

function notATarget(text: string): UsageError {
  const prefix = /^([a-z]+):/.exec(text)?.[1];
  const hint =
    prefix === undefined
      ? text.includes('/')
        ? `For a plain file: file:${text}`
        : `For a UIO device: uio:${text}`
      : suggestion(
          `${prefix}:`,
          Object.keys(KINDS).map((kind) => `${kind}:`),
        );
  const forms = Object.values(KINDS).map(({ form }) => form);
  return new UsageError(`'${text}' is no target. ${hint} (a target is ${forms.join(', ')})`);
}

// ---- UIO --------------------------------------------------------------------------------------------------

/** Where the kernel's file systems are; other folders for containers and tests. */
export function roots(): { sysfs: string; dev: string } {
  return { sysfs: process.env.MMAPIO_SYSFS || '/sys', dev: process.env.MMAPIO_DEV || '/dev' };
}

async function openUio(rest: string): Promise<Omit<Target, 'name'>> {
  const { Uio } = await import('../index.js');
  const names = Uio.list(roots()).map(({ name }) => name);
  const slash = rest.lastIndexOf('/');
  const whole = names.includes(rest) || slash < 0;
  const name = whole ? rest : rest.slice(0, slash);
  if (!names.includes(name)) {
    const hint = names.length === 0 ? 'There is none: mmapio doctor says why' : suggestion(name, names);
    throw new MmapioError('ERR_NOT_FOUND', `There is no UIO device '${name}'. ${hint}`);
  }
  return uioTarget(name, whole ? '0' : rest.slice(slash + 1));
}

async function openUioNode(rest: string): Promise<Omit<Target, 'name'>> {
  const [, device = '', map = '0'] = /^\/dev\/(uio\d+)(?:\/(.*))?$/.exec(rest) ?? [];
  return uioTarget({ device }, map);
}

async function uioTarget(selector: string | { device: string }, map: string): Promise<Omit<Target, 'name'>> {
  const { Uio } = await import('../index.js');
  const uio = new Uio(selector, roots());
  try {
    const named = uio.maps.some(({ name }) => name === map);
    const which = !named && /^\d+$/.test(map) ? Number(map) : map;
    // Devices with an interrupt alone have no map at all.
    if (uio.maps.length > 0) uio.mapInfo(which);
    return { regs: () => uio.regs(which), interrupts: uio, close: () => uio.close() };
  } catch (error) {
    uio.close();
    throw error;
  }
}

// ---- PCI and physical memory ------------------------------------------------------------------------------

async function openPci(rest: string): Promise<Omit<Target, 'name'>> {
  const [, address, index] = /^(.+?)(?:\/bar([0-5]))?$/.exec(rest) ?? [];
  if (address === undefined || /\//.test(address)) {
    throw new UsageError(`'${rest}' is no BAR: it takes ADDRESS/barN, as in pci:0000:00:04.0/bar0`);
  }
  const { PciDevice } = await import('../index.js');
  const device = new PciDevice(address, roots());
  const number = Number(index ?? device.bars[0]?.index ?? 0);
  const ports = device.bars.some((bar) => bar.index === number && bar.kind === 'io');
  return {
    regs: () => (ports ? device.ports(number) : device.bar(number)),
    interrupts: device,
    close: () => device.close(),
  };
}

async function openPhysical(rest: string, access: Access): Promise<Omit<Target, 'name'>> {
  const { address, length } = parseStretch(rest);
  const { PhysicalMemory } = await import('../index.js');
  const memory = new PhysicalMemory(address, length, { device: join(roots().dev, 'mem'), access });
  return { regs: () => memory.regs(), close: () => memory.close() };
}

// ---- files and simulated devices --------------------------------------------------------------------------

async function openFile(path: string, access: Access): Promise<Omit<Target, 'name'>> {
  if (path === '') throw new UsageError('file: takes a path, as in file:registers.bin');
  const { MemoryMap, MemoryMappedIO } = await import('../index.js');
  const map = MemoryMap.open(path, { access });
  return { regs: () => new MemoryMappedIO(map), close: () => map.close() };
}

async function openSimulated(name: string): Promise<Omit<Target, 'name'>> {
  const { SIMULATED } = await import('./simulated.js');
  const simulated = Object.hasOwn(SIMULATED, name) ? SIMULATED[name] : undefined;
  if (simulated === undefined) {
    throw new UsageError(
      `There is no simulated device '${name}'. ${suggestion(name, Object.keys(SIMULATED))}`,
    );
  }
  const device = simulated.make();
  return { regs: () => device, interrupts: device, map: simulated.map(), close: () => device.close() };
}

/** `ADDRESS+LENGTH`, as `mem:` targets have it. */
export function parseStretch(text: string): { address: bigint; length: number } {
  const [, address = '', length = ''] = /^([^+]+)\+([^+]+)$/.exec(text) ?? [];
  const [start, bytes] = [parseNumber(address), parseNumber(length)];
  if (start !== undefined && bytes !== undefined) return { address: start, length: Number(bytes) };
  throw new UsageError(`'${text}' is no stretch of memory: it takes ADDRESS+LENGTH, as in 0xA0010000+0x1000`);
}
