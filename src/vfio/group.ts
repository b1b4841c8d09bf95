/*
 * A VFIO group and its container: the kernel lets a group be opened once, so devices of one group share it.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { Owned } from '../owned.js';
import { nodeRemedy, udevRule } from '../permission.js';
import { linkTarget, listFolder, type Roots } from '../sysfs/attributes.js';
import { IoAddresses, type IoRange } from './io-addresses.js';

/** More than any IOMMU has; each takes 16 bytes. */
const MOST_RANGES = 64;

const groups = new Map<string, VfioGroup>();

export class VfioGroup {
  /** `/dev/vfio/7` */
  readonly path: string;
  readonly #key: string;
  readonly #container: number;
  readonly #group: number;
  readonly #addresses: IoAddresses;
  #users = 0;

  /** The group, opened or shared. Each call is paired with a {@link release}. */
  static acquire(number: number, roots: Required<Roots>): VfioGroup {
    const key = `${roots.dev}:${number}`;
    const group = groups.get(key) ?? new VfioGroup(number, roots, key);
    groups.set(key, group);
    group.#users++;
    return group;
  }

  private constructor(number: number, roots: Required<Roots>, key: string) {
    this.path = join(roots.dev, 'vfio', String(number));
    this.#key = key;
    this.#container = openNode(join(roots.dev, 'vfio/vfio'), containerRemedy);
    try {
      this.#group = openNode(this.path, groupRemedy);
      try {
        checkViable(this.#group, this.path, number, roots.sysfs);
        this.#attach();
        this.#addresses = new IoAddresses(this.path, native.pageSize, readRanges(this.#container));
      } catch (error) {
        closeSync(this.#group);
        throw error;
      }
    } catch (error) {
      closeSync(this.#container);
      throw error;
    }
  }

  /** The descriptor of a device of the group, which holds a use of the group as long as it is open. */
  openDevice(address: string): Owned<number> {
    const device = native.vfioOpenDevice(this.#group, address);
    if (device < 0) throw new SystemError(device, 'ioctl VFIO_GROUP_GET_DEVICE_FD', this.path, deviceRemedy);
    this.#users++;
    return new Owned(device, (fd) => {
      native.closeDescriptor(fd);
      this.release();
    });
  }

  /** Lets the group's devices reach a mapping of that many bytes. Returns the address that they are given. */
  mapDma(slot: number, length: number, wanted?: number | bigint): bigint {
    const address = this.#addresses.take(length, wanted);
    const error = native.vfioMapDma(this.#container, slot, address);
    if (error === 0) return address;
    this.#addresses.give(address, length);
    throw new SystemError(error, 'ioctl VFIO_IOMMU_MAP_DMA', this.path, mapRemedy);
  }

  /** Where the kernel refuses, the addresses stay taken: it would not map anything else there. */
  unmapDma(address: bigint, length: number): void {
    // The kernel has unmapped everything when the container was closed.
    if (this.#users === 0) return;
    const error = native.vfioUnmapDma(this.#container, address, length);
    if (error === 0) this.#addresses.give(address, length);
  }

  /** Closes group and container with their last user. */
  release(): void {
    if (--this.#users > 0) return;
    groups.delete(this.#key);
    closeSync(this.#group);
    closeSync(this.#container);
  }

  #attach(): void {
    const error = native.vfioAttach(this.#container, this.#group);
    if (error === 0) return;
    throw new SystemError(
      error,
      'ioctl VFIO_SET_IOMMU',
      this.path,
      'This library needs a type-1 IOMMU (x86 and Arm have one): is the module vfio_iommu_type1 loaded?',
    );
  }
}

function openNode(path: string, remedy: (code: string) => string | undefined): number {
  try {
    return openSync(path, constants.O_RDWR);
  } catch (error) {
    throw SystemError.from(error, remedy);
  }
}

/** A group is given to user space only as a whole. */
function checkViable(group: number, path: string, number: number, sysfs: string): void {
  const viable = native.vfioGroupViable(group);
  if (viable < 0) throw new SystemError(viable, 'ioctl VFIO_GROUP_GET_STATUS', path);
  if (viable === 1) return;
  const others = listFolder(join(sysfs, 'kernel/iommu_groups', String(number), 'devices'))
    .map((address) => ({ address, driver: linkTarget(join(sysfs, 'bus/pci/devices', address), 'driver') }))
    .filter(({ driver }) => driver !== null && driver !== 'vfio-pci' && driver !== 'pcieport')
    .map(({ address, driver }) => `${address} (${driver})`);
  throw new MmapioError(
    'ERR_UNSUPPORTED',
    `IOMMU group ${number} is not wholly free for user space: kernel drivers have ${others.join(', ') || 'some of it'}. ` +
      "Take each of them over with takeOver('vfio-pci'), or unbind it",
  );
}

/** The addresses that the IOMMU takes; none where the kernel does not tell. */
function readRanges(container: number): IoRange[] {
  const bounds = new BigUint64Array(2 * MOST_RANGES);
  const count = Math.max(0, native.vfioIovaRanges(container, bounds));
  return Array.from({ length: count }, (_, i) => ({
    start: bounds[2 * i] ?? 0n,
    end: bounds[2 * i + 1] ?? 0n,
  }));
}

function containerRemedy(code: string): string | undefined {
  switch (code) {
    case 'ENOENT':
    case 'ENODEV':
      return 'The VFIO drivers are not loaded: modprobe vfio-pci';
    case 'EACCES':
      return 'Everybody may open it usually: see its mode';
    default:
      return undefined;
  }
}

function groupRemedy(code: string): string | undefined {
  switch (code) {
    case 'ENOENT':
      return "No device of the group has a VFIO driver: PciDevice.takeOver('vfio-pci') gives it one";
    case 'EACCES':
      return nodeRemedy(udevRule('vfio', 'vfio'));
    case 'EBUSY':
      return 'Another process, or another thread, has the group open';
    default:
      return undefined;
  }
}

function deviceRemedy(code: string): string | undefined {
  return code === 'ENODEV' ? 'The device is not bound to vfio-pci' : undefined;
}

function mapRemedy(code: string): string | undefined {
  return code === 'ENOMEM' ? 'The process may not lock so much memory: see ulimit -l' : undefined;
}
