/* Binding kernel drivers to PCI devices (Documentation/ABI/testing/sysfs-bus-pci). */
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { MmapioError, SystemError } from '../errors.js';
import { linkTarget, listFolder, type Roots, readAttribute, writeAttribute } from '../sysfs/attributes.js';
import { pciFolder } from './sysfs.js';

/** A device, and where the kernel shows it. */
export interface PciPlace extends Required<Roots> {
  readonly address: string;
}

const DRIVERS = 'bus/pci/drivers';

const ROOT = 'Only root may do that: run as root, or let an administrator bind the driver (driverctl, udev)';

export function driverOf(place: PciPlace): string | null {
  return linkTarget(pciFolder(place.sysfs, place.address), 'driver');
}

/** Takes the device from its driver, if it has one. */
export function unbind(place: PciPlace): void {
  const driver = driverOf(place);
  if (driver === null) return;
  if (driver === 'vfio-pci') refuseWhileInUse(place);
  writeAttribute(join(driverFolder(place, driver), 'unbind'), place.address, unbindRemedy);
}

/** Gives a device without a driver to one that says it can drive it. */
export function bind(place: PciPlace, driver: string): void {
  const file = join(driverFolder(place, driver), 'bind');
  writeAttribute(file, place.address, (code) => bindRemedy(code, driver));
}

/** To be called before the device is taken from the driver it has: to be left without one may be an outage. */
export function checkLoaded(place: PciPlace, driver: string): void {
  const folder = join(place.sysfs, DRIVERS);
  // Not whether a path exists: '' and '..' are no drivers.
  if (listFolder(folder).includes(driver)) return;
  throw new MmapioError(
    'ERR_NOT_FOUND',
    `There is no PCI driver ${inspect(driver)} in ${folder}: load it with modprobe ${driver}`,
  );
}

/** Gives the device to a driver and takes it from the one that has it, which gets it back when the other refuses. */
export function rebind(place: PciPlace, driver: string): void {
  const previous = driverOf(place);
  orUndo(
    () => {
      unbind(place);
      bind(place, driver);
    },
    () => {
      if (previous !== null && driverOf(place) === null) bind(place, previous);
    },
  );
}

/** Undoes a change that throws. Where that cannot be done either, the error says so too. */
export function orUndo(change: () => void, undo: () => void): void {
  try {
    change();
  } catch (error) {
    try {
      undo();
    } catch (refusal) {
      if (!(error instanceof MmapioError && refusal instanceof MmapioError)) throw refusal;
      const message = `${error.message}. Nor did the driver that the device had take it back: ${refusal.message}`;
      throw new MmapioError(error.code, message, { cause: error });
    }
    throw error;
  }
}

/** The driver that the device was made to be for; `null`: any that knows it. */
export function overrideOf(place: PciPlace): string | null {
  const name = readAttribute(pciFolder(place.sysfs, place.address), 'driver_override');
  return name === '' || name === '(null)' ? null : name;
}

/** Makes the device one that only this driver may have, whether it knows the device or not; `null`: any that knows it. */
export function overrideDriver(place: PciPlace, driver: string | null): void {
  const file = join(pciFolder(place.sysfs, place.address), 'driver_override');
  writeAttribute(file, `${driver ?? ''}\n`, unbindRemedy);
}

function driverFolder(place: PciPlace, driver: string): string {
  return join(place.sysfs, DRIVERS, driver);
}

/**
 * Unbinding vfio-pci waits in the kernel, and cannot be interrupted, until whoever has the device open lets go of it: this
 * process could wait for itself. Its group can only be opened while nobody has it.
 */
function refuseWhileInUse(place: PciPlace): void {
  const group = linkTarget(pciFolder(place.sysfs, place.address), 'iommu_group');
  const node = join(place.dev, 'vfio', group ?? '');
  try {
    closeSync(openSync(node, constants.O_RDWR));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') return;
    throw SystemError.from(
      error,
      () => `${place.address} is in use through VFIO: close the VfioDevice first`,
    );
  }
}

function unbindRemedy(code: string): string | undefined {
  return code === 'EACCES' || code === 'EPERM' ? ROOT : undefined;
}

function bindRemedy(code: string, driver: string): string | undefined {
  switch (code) {
    case 'EINVAL':
      return driver === 'vfio-pci'
        ? 'vfio-pci takes devices behind an IOMMU only: turn it on in the firmware and with intel_iommu=on'
        : `${driver} refuses the device`;
    case 'ENODEV':
      return `${driver} does not know the device, or the device lacks what it needs, an interrupt for example`;
    case 'EBUSY':
      return 'Another driver holds the device: unbind() it first';
    default:
      return unbindRemedy(code);
  }
}
