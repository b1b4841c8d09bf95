import { inspect } from 'node:util';
import { hex } from '../check.js';
import { MmapioError } from '../errors.js';
import { normaliseAddress } from './address.js';
import { findAddresses, listPci, type PciInfo, readPciInfo } from './sysfs.js';

/** A device by its address (`'0000:00:04.0'`, `'00:04.0'`), or by what it is. */
export type PciSelector = string | { vendor: number; device: number };

/** The one device that the selector means. Only what is looked for is read: a machine may have hundreds of devices. */
export function findPci(sysfs: string, selector: PciSelector): PciInfo {
  if (typeof selector === 'string') {
    const address = normaliseAddress(selector);
    return readPciInfo(sysfs, address) ?? fail(`at ${address}`, sysfs);
  }
  const { vendor, device } = selector ?? {};
  if (!isId(vendor) || !isId(device)) {
    throw new MmapioError(
      'ERR_INVALID_ARGUMENT',
      `${inspect(selector)} selects no device: it takes an address, or ids of 16 bits as in { vendor: 0x1234, device: 0x11e8 }`,
    );
  }
  const found = findAddresses(sysfs, vendor, device);
  const [address, ...others] = found;
  const name = `${id(vendor)}:${id(device)}`;
  if (others.length > 0) {
    throw new MmapioError(
      'ERR_AMBIGUOUS',
      `There are ${found.length} PCI devices ${name}: choose one by its address, ` +
        found.map((one) => `'${one}'`).join(' or '),
    );
  }
  const info = address === undefined ? undefined : readPciInfo(sysfs, address);
  return info ?? fail(name, sysfs);
}

/** Vendor and device ids have 16 bits. */
function isId(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

function fail(wanted: string, sysfs: string): never {
  throw notFound(wanted, listPci(sysfs));
}

function notFound(wanted: string, all: readonly PciInfo[]): MmapioError {
  const known = all.map((one) => `${one.address} (${id(one.vendor)}:${id(one.device)})`).join(', ');
  const hint = known === '' ? 'There is none at all' : `There are: ${known}`;
  return new MmapioError('ERR_NOT_FOUND', `There is no PCI device ${wanted}. ${hint}`);
}

function id(number: number): string {
  return hex(number).slice(2).padStart(4, '0');
}
