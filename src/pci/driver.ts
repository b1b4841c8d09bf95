/* Binding kernel drivers to PCI devices (Documentation/ABI/testing/sysfs-bus-pci). */
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { MmapioError, SystemError } from '../errors.js';
import type { Roots } from '../sysfs/attributes.js';
import { linkTarget, writeAttribute } from '../sysfs/attributes.js';
import { pciFolder } from './sysfs.js';

/** A device, and where the kernel shows it. */
export interface PciPlace extends Required<Roots> {
  readonly address: string;
}

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
  const folder = driverFolder(place, driver);
  if (!existsSync(folder)) {
    throw new MmapioError(
      'ERR_NOT_FOUND',
      `There is no PCI driver '${driver}' (${folder}): load it with modprobe ${driver}`,
    );
  }
  writeAttribute(join(folder, 'bind'), place.address, (code) => bindRemedy(code, driver));
}

/** Makes the device one that only this driver may have, whether it knows the device or not; `null`: any that knows it. */
export function overrideDriver(place: PciPlace, driver: string | null): void {
  const file = join(pciFolder(place.sysfs, place.address), 'driver_override');
  writeAttribute(file, `${driver ?? ''}\n`, unbindRemedy);
}

function driverFolder(place: PciPlace, driver: string): string {
  return join(place.sysfs, 'bus/pci/drivers', driver);
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
