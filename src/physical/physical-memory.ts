import { inspect } from 'node:util';
import { checkAddress, checkByteCount, checkOptions, hex } from '../check.js';
import { SystemError } from '../errors.js';
import type { Engine } from '../memory/engine.js';
import { MemoryMap } from '../memory/memory-map.js';
import type { MemoryMappedIO } from '../memory/memory-mapped-io.js';
import { type RegsOptions, regsOf } from '../memory/regs.js';
import type { Access } from '../memory/target.js';
import { innermostOf, type PhysicalRange, rangesOf, readIomem } from './iomem.js';

export interface PhysicalMemoryOptions {
  /** The device that gives access to physical addresses. Default `/dev/mem`. */
  device?: string;
  /** `'read'` maps without the right to write. Default `'read-write'`. */
  access?: Access;
  /** Open with O_SYNC, which for /dev/mem means uncached. Default true. */
  sync?: boolean;
  /** Engine for the mapping, as for {@link MemoryMap.open}. */
  engine?: Engine | 'auto';
  /** The kernel's table of owners, which messages quote. Default `/proc/iomem`. */
  iomem?: string;
}

/**
 * Registers at a physical address, through `/dev/mem` or a device of the same kind. Opening, closing and inspecting access
 * no register.
 *
 * It needs root (CAP_SYS_RAWIO) for `/dev/mem`, and nothing protects the machine from what is written. A UIO driver, or
 * `PciDevice`, is the better door wherever there is one.
 */
export class PhysicalMemory {
  /** Address of the first byte. */
  readonly address: bigint;
  /** `/dev/mem`, or what was given. */
  readonly path: string;
  readonly #map: MemoryMap;

  /**
   * The kernel's table of physical addresses and their owners, outer ranges before those within them. Empty where the
   * kernel hides the addresses, which it does without CAP_SYS_ADMIN.
   */
  static ranges(iomem = '/proc/iomem'): PhysicalRange[] {
    return readIomem(iomem);
  }

  /** The ranges that hold an address, outermost first; none when it belongs to nobody or the kernel hides the table. */
  static ownersOf(address: number | bigint, iomem = '/proc/iomem'): PhysicalRange[] {
    return rangesOf(readIomem(iomem), checkAddress(address), 1n);
  }

  /**
   * @param address - of the first byte; any below 2⁵³ (8 PiB), not only multiples of the page size. A `bigint` or a
   *   `number`
   * @param length - in bytes
   * @throws {MmapioError} `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_RANGE`; {@link SystemError} what the kernel refused, `EPERM`
   *   with the owner of the address
   */
  constructor(address: number | bigint, length: number, options: PhysicalMemoryOptions = {}) {
    checkOptions<PhysicalMemoryOptions>(options, ['device', 'access', 'sync', 'engine', 'iomem']);
    const { device = '/dev/mem', iomem = '/proc/iomem', ...mapOptions } = options;
    this.address = checkAddress(address);
    this.path = device;
    checkByteCount('length', length);
    try {
      this.#map = MemoryMap.open(device, { ...mapOptions, offset: Number(this.address), length });
    } catch (error) {
      throw explain(error, this.address, length, iomem);
    }
  }

  get length(): number {
    return this.#map.length;
  }

  get closed(): boolean {
    return this.#map.closed;
  }

  /**
   * The registers: a region over all of it, or over `length` bytes from `offset`.
   *
   * @throws {MmapioError} `ERR_OUT_OF_RANGE`, `ERR_CLOSED`; `ERR_BUS_FAULT` after a bus error: close it and open it again
   */
  regs(options: RegsOptions = {}): MemoryMappedIO {
    return regsOf(this.#map, options);
  }

  /** Unmaps. Every region over it throws `ERR_CLOSED` from then on. Closing again does nothing. */
  close(): void {
    this.#map.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const state = this.closed ? ', closed' : '';
    return `PhysicalMemory { ${hex(this.address)}, ${hex(this.length)} bytes, ${this.path}${state} }`;
  }
}

/** What the kernel means by refusing an address, with whose it is. */
function explain(error: unknown, address: bigint, length: number, iomem: string): unknown {
  if (!(error instanceof SystemError)) return error;
  const { errno, syscall, path, code } = error;
  const remedy = syscall === 'mmap' ? mmapRemedy(code, address, length, iomem) : openRemedy(code);
  return remedy === undefined ? error : new SystemError(errno, syscall, path, remedy, { cause: error });
}

function openRemedy(code: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return 'Only root may open it: run as root, or use a UIO driver for the device';
    case 'EPERM':
      return (
        'The process lacks CAP_SYS_RAWIO, or the kernel is locked down (see /sys/kernel/security/lockdown): use a UIO ' +
        'driver or VFIO for the device'
      );
    case 'ENOENT':
    case 'ENXIO':
      return 'This kernel has no such device (CONFIG_DEVMEM): use a UIO driver for the device';
    default:
      return undefined;
  }
}

function mmapRemedy(code: string, address: bigint, length: number, iomem: string): string | undefined {
  if (code !== 'EPERM' && code !== 'EINVAL') return undefined;
  const why =
    code === 'EPERM'
      ? 'The kernel keeps from user space its own memory (CONFIG_STRICT_DEVMEM) and that of devices whose driver has ' +
        'claimed it (CONFIG_IO_STRICT_DEVMEM): unbind the driver'
      : 'The address is beyond what this machine has, or its owner maps it with other cache settings';
  return (
    `${describeOwners(address, length, iomem)}. ${why}; use a UIO driver, PciDevice or VFIO for a device, and reserved ` +
    'memory (reserved-memory in the device tree, memmap= on the command line) for memory'
  );
}

function describeOwners(address: bigint, length: number, iomem: string): string {
  const stretch = `${hex(address)} to ${hex(address + BigInt(length) - 1n)}`;
  let ranges: PhysicalRange[];
  try {
    ranges = readIomem(iomem);
  } catch {
    ranges = [];
  }
  if (ranges.length === 0) return `Whose ${stretch} is cannot be told (${iomem} shows it to root only)`;
  const owners = innermostOf(ranges, address, BigInt(length));
  if (owners.length === 0) return `${stretch} belongs to nothing the kernel knows`;
  return owners
    .map(({ start, end, owner }) => `${hex(start)} to ${hex(end)} belongs to '${owner}'`)
    .join(', ');
}
