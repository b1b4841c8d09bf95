/* What the kernel tells about PCI devices in sysfs (Documentation/PCI/sysfs-pci.rst). */
import { join } from 'node:path';
import { SystemError } from '../errors.js';
import { linkTarget, listFolder, readAttribute, readInteger } from '../sysfs/attributes.js';

/** A base address register: a stretch of memory or I/O ports that the device answers to. */
export interface PciBar {
  /** 0 to 5. A 64-bit BAR has the index of its first half; the next index does not exist then. */
  readonly index: number;
  /** Physical address, or first I/O port. */
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
  readonly kind: 'memory' | 'io';
  /** Whether reading has no side effects, so that write combining is allowed. */
  readonly prefetchable: boolean;
}

/** A PCI device as it is found in sysfs, not opened. */
export interface PciInfo {
  /** `0000:00:04.0` */
  readonly address: string;
  readonly vendor: number;
  readonly device: number;
  /** Base class, subclass and programming interface, 24 bits: `0x020000` is an Ethernet controller. */
  readonly class: number;
  readonly revision: number;
  readonly subsystemVendor: number;
  readonly subsystemDevice: number;
  /** The kernel driver that holds it, or `null`. */
  readonly driver: string | null;
  /** Number of its IOMMU group; `null` where no IOMMU is on. */
  readonly iommuGroup: number | null;
  readonly bars: readonly PciBar[];
}

/** Flags of a resource (include/linux/ioport.h). */
const IO = 0x100n;
const MEMORY = 0x200n;
const PREFETCH = 0x2000n;

const BARS = 6;

export function pciFolder(sysfs: string, address: string): string {
  return join(sysfs, 'bus/pci/devices', address);
}

/** A device, or `undefined` when there is none at that address, or no more. */
export function readPciInfo(sysfs: string, address: string): PciInfo | undefined {
  return unlessGone(() => readInfo(sysfs, address));
}

function readInfo(sysfs: string, address: string): PciInfo {
  const folder = pciFolder(sysfs, address);
  const number = (name: string) => Number(readInteger(folder, name));
  const group = linkTarget(folder, 'iommu_group');
  return {
    address,
    vendor: number('vendor'),
    device: number('device'),
    class: number('class'),
    revision: number('revision'),
    subsystemVendor: number('subsystem_vendor'),
    subsystemDevice: number('subsystem_device'),
    driver: linkTarget(folder, 'driver'),
    iommuGroup: group === null ? null : Number(group),
    bars: parseBars(readAttribute(folder, 'resource')),
  };
}

/** The lines of the file `resource`: first and last address and flags, all zeros where there is nothing. */
function parseBars(resource: string): PciBar[] {
  return resource
    .split('\n')
    .slice(0, BARS)
    .flatMap((line, index) => {
      const [start, end, flags] = line.trim().split(/\s+/).map(toBigInt);
      if (start === undefined || end === undefined || flags === undefined) return [];
      if ((flags & (IO | MEMORY)) === 0n) return [];
      const kind = (flags & IO) !== 0n ? 'io' : 'memory';
      const size = Number(end - start + 1n);
      return [{ index, address: start, size, kind, prefetchable: (flags & PREFETCH) !== 0n }];
    });
}

function toBigInt(text: string): bigint | undefined {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined;
}

function addresses(sysfs: string): string[] {
  return listFolder(join(sysfs, 'bus/pci/devices')).sort();
}

/** Every PCI device, by address. One that disappears meanwhile is left out. */
export function listPci(sysfs: string): PciInfo[] {
  return addresses(sysfs).flatMap((address) => readPciInfo(sysfs, address) ?? []);
}

/** The addresses of the devices of a kind. */
export function findAddresses(sysfs: string, vendor: number, device: number): string[] {
  return addresses(sysfs).filter((address) => {
    const folder = pciFolder(sysfs, address);
    return unlessGone(
      () =>
        readInteger(folder, 'vendor') === BigInt(vendor) && readInteger(folder, 'device') === BigInt(device),
    );
  });
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENODEV'))
      return undefined;
    throw error;
  }
}
