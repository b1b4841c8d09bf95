/* A plain folder that looks like the PCI part of sysfs, for discovery, checks and what no kernel at hand refuses. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Roots } from 'mmapio';
import { temporaryFolder } from './files.js';

interface FakeBar {
  address: number;
  size: number;
  /** As in the file `resource`; see include/linux/ioport.h. */
  flags: number;
}

export const MEMORY = 0x40200;
export const MEMORY_64_PREFETCH = 0x14220c;
export const IO = 0x40101;

export interface FakePci {
  address: string;
  vendor?: number;
  device?: number;
  driver?: string;
  iommuGroup?: number;
  bars?: Record<number, FakeBar>;
  config?: Uint8Array;
  enable?: number;
}

export interface FakePciRoots extends Required<Roots> {
  /** The text of a device's file. */
  read(address: string, file: string): string;
  /** What was last written to a driver's file. */
  readDriver(driver: string, file: 'bind' | 'unbind'): string;
}

export function fakePci(
  t: TestContext,
  devices: readonly FakePci[],
  drivers: readonly string[] = [],
): FakePciRoots {
  const root = temporaryFolder(t);
  const roots = { sysfs: join(root, 'sys'), dev: join(root, 'dev') };
  const bus = join(roots.sysfs, 'bus/pci');
  mkdirSync(join(bus, 'devices'), { recursive: true });
  mkdirSync(roots.dev);
  for (const driver of drivers) {
    mkdirSync(join(bus, 'drivers', driver), { recursive: true });
    for (const file of ['bind', 'unbind']) writeFileSync(join(bus, 'drivers', driver, file), '');
  }
  for (const device of devices) addDevice(join(bus, 'devices', device.address), device);
  // Inherited, so that the roots can be given as options as they are.
  const methods = {
    read: (address: string, file: string) => readFileSync(join(bus, 'devices', address, file), 'utf8'),
    readDriver: (driver: string, file: string) => readFileSync(join(bus, 'drivers', driver, file), 'utf8'),
  };
  return Object.assign(Object.create(methods), roots);
}

function addDevice(folder: string, device: FakePci): void {
  const { vendor = 0x1234, device: id = 0x11e8, bars = {}, driver, iommuGroup } = device;
  const files: Record<string, string | Uint8Array> = {
    vendor: hex(vendor, 4),
    device: hex(id, 4),
    class: '0x00ff00',
    revision: '0x10',
    subsystem_vendor: '0x1af4',
    subsystem_device: '0x1100',
    enable: `${device.enable ?? 0}\n`,
    driver_override: '(null)\n',
    config: device.config ?? configuration(vendor, id),
    resource: Array.from({ length: 13 }, (_, i) => resourceLine(bars[i])).join(''),
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  for (const [index, { size }] of Object.entries(bars)) {
    writeFileSync(
      join(folder, `resource${index}`),
      Uint8Array.from({ length: size }, (_, i) => i % 251),
    );
  }
  if (driver !== undefined) symlinkSync(`../../drivers/${driver}`, join(folder, 'driver'));
  if (iommuGroup !== undefined)
    symlinkSync(`../../kernel/iommu_groups/${iommuGroup}`, join(folder, 'iommu_group'));
}

function resourceLine(bar: FakeBar = { address: 0, size: 1, flags: 0 }): string {
  return `${hex(bar.address, 16)} ${hex(bar.address + bar.size - 1, 16)} ${hex(bar.flags, 16)}\n`;
}

/** 256 bytes: vendor, device, and each other byte its own offset. */
function configuration(vendor: number, device: number): Uint8Array {
  const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i));
  bytes.writeUInt16LE(vendor, 0);
  bytes.writeUInt16LE(device, 2);
  bytes.writeUInt16LE(0x0403, 4);
  return bytes;
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
