/* What the kernel tells about UIO devices in sysfs (Documentation/driver-api/uio-howto.rst). */
import { join } from 'node:path';
import { SystemError } from '../errors.js';
import { listFolder, readAttribute, readInteger } from '../sysfs/attributes.js';

/** A stretch of a UIO device's memory, as sysfs describes it. */
export interface UioMap {
  readonly index: number;
  /** As its driver or the device tree's `reg-names` gives it; may be empty. */
  readonly name: string;
  /** Physical address. Page-aligned or not: it depends on the driver, see `offset`. */
  readonly addr: bigint;
  /** Bytes from `addr`, which some drivers round up to whole pages; others count from `offset`. */
  readonly size: number;
  /** Where the registers begin, in bytes from `addr`. */
  readonly offset: number;
}

/** A range of I/O ports of a UIO device. */
export interface UioPort {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** `port_x86`, `port_gpio`, `port_other` or `port_none`. */
  readonly porttype: string;
}

/** A UIO device as it is found in sysfs, not opened. */
export interface UioInfo {
  /** What its driver or the device tree calls it. */
  readonly name: string;
  /** The kernel's name, `uio0`. */
  readonly device: string;
  /** Version of its driver. */
  readonly version: string;
  readonly maps: readonly UioMap[];
  readonly ports: readonly UioPort[];
}

/** The folder of a device in sysfs. */
export function uioFolder(sysfs: string, device: string): string {
  return join(sysfs, 'class/uio', device);
}

function readUioInfo(sysfs: string, device: string): UioInfo {
  const folder = uioFolder(sysfs, device);
  return {
    name: readAttribute(folder, 'name'),
    device,
    version: readAttribute(folder, 'version'),
    maps: numbered(folder, 'maps', 'map').map(readMap),
    ports: numbered(folder, 'portio', 'port').map(readPort),
  };
}

/** Every UIO device, in the order of their numbers. A device that disappears meanwhile is left out. */
export function listUio(sysfs: string): UioInfo[] {
  const folder = join(sysfs, 'class/uio');
  return listFolder(folder)
    .flatMap((device) => {
      const number = /^uio(\d+)$/.exec(device)?.[1];
      return number === undefined ? [] : [{ device, number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number)
    .flatMap(({ device }) => {
      try {
        return [readUioInfo(sysfs, device)];
      } catch (error) {
        if (error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENODEV')) return [];
        throw error;
      }
    });
}

interface NumberedFolder {
  index: number;
  folder: string;
}

/** The folders `map0`, `map1`, … of a device, in order. */
function numbered(device: string, group: string, prefix: string): NumberedFolder[] {
  const pattern = new RegExp(`^${prefix}(\\d+)$`);
  return listFolder(join(device, group))
    .flatMap((entry) => {
      const index = pattern.exec(entry)?.[1];
      return index === undefined ? [] : [{ index: Number(index), folder: join(device, group, entry) }];
    })
    .sort((a, b) => a.index - b.index);
}

function readMap({ index, folder }: NumberedFolder): UioMap {
  return {
    index,
    name: readAttribute(folder, 'name'),
    addr: readInteger(folder, 'addr'),
    size: Number(readInteger(folder, 'size')),
    offset: Number(readInteger(folder, 'offset')),
  };
}

function readPort({ index, folder }: NumberedFolder): UioPort {
  return {
    index,
    name: readAttribute(folder, 'name'),
    start: Number(readInteger(folder, 'start')),
    size: Number(readInteger(folder, 'size')),
    porttype: readAttribute(folder, 'porttype'),
  };
}
