import { checkAddress, hex } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { Room } from '../memory/room.js';

/** A stretch of addresses that an IOMMU takes. */
export interface IoRange {
  start: bigint;
  /** The last byte. */
  end: bigint;
}

/** Where the kernel does not tell: what every IOMMU takes, without the range of x86's MSI. */
const DEFAULT_RANGES: readonly IoRange[] = [{ start: 0n, end: 0xfedfffffn }];

/** Above it a number is no longer exact, and no IOMMU has addresses. */
const HIGHEST = BigInt(Number.MAX_SAFE_INTEGER);

/** Overlapping memory, as the kernel itself reports it. */
const EEXIST = -17;
const ENOMEM = -12;

/**
 * The I/O virtual addresses of an IOMMU group: whole pages of what the IOMMU takes, without the first, because 0 looks like
 * no address.
 */
export class IoAddresses {
  readonly #path: string;
  readonly #pageSize: number;
  readonly #ranges: readonly IoRange[];
  readonly #free = new Room(0, 0);

  /**
   * @param path - the group, for messages
   * @param ranges - what the IOMMU takes; none where the kernel does not tell
   */
  constructor(path: string, pageSize: number, ranges: readonly IoRange[]) {
    this.#path = path;
    this.#pageSize = pageSize;
    this.#ranges = wholePages(ranges.length > 0 ? ranges : DEFAULT_RANGES, BigInt(pageSize));
    for (const { start, end } of this.#ranges) this.#free.give(Number(start), Number(end - start) + 1);
  }

  /**
   * Takes the lowest free addresses, or those from `address`. `length` is in whole pages.
   *
   * @throws {MmapioError} `ERR_INVALID_ARGUMENT`, `ERR_UNALIGNED`, `ERR_OUT_OF_RANGE`; {@link SystemError} `EEXIST` where a
   *   buffer is already, `ENOMEM` when there are too few
   */
  take(length: number, address?: number | bigint): bigint {
    if (address !== undefined) return this.#takeAt(checkAddress(address), length);
    const start = this.#free.take(length);
    if (start !== undefined) return BigInt(start);
    throw this.#refuse(ENOMEM, 'No I/O virtual addresses are left');
  }

  /** Takes back what {@link take} gave. */
  give(address: bigint, length: number): void {
    this.#free.give(Number(address), length);
  }

  #takeAt(address: bigint, length: number): bigint {
    if (address % BigInt(this.#pageSize) !== 0n) {
      throw new MmapioError(
        'ERR_UNALIGNED',
        `address is ${hex(address)}: it takes a multiple of the page size, ${hex(this.#pageSize)}`,
      );
    }
    const last = address + BigInt(length) - 1n;
    if (!this.#ranges.some(({ start, end }) => start <= address && last <= end)) {
      const known = this.#ranges.map(({ start, end }) => `${hex(start)} to ${hex(end)}`).join(', ');
      throw new MmapioError(
        'ERR_OUT_OF_RANGE',
        `${hex(address)} to ${hex(last)} is not among the addresses of ${this.#path}: it takes ${known}`,
      );
    }
    if (this.#free.takeAt(Number(address), length)) return address;
    throw this.#refuse(
      EEXIST,
      `A buffer of the group has addresses within ${hex(address)} to ${hex(last)}: close it first, or choose others`,
    );
  }

  #refuse(errno: number, remedy: string): SystemError {
    return new SystemError(errno, 'ioctl VFIO_IOMMU_MAP_DMA', this.#path, remedy);
  }
}

function wholePages(ranges: readonly IoRange[], page: bigint): IoRange[] {
  return ranges.flatMap((range) => {
    const start = ((range.start + page - 1n) / page || 1n) * page;
    const end = (((range.end < HIGHEST ? range.end : HIGHEST) + 1n) / page) * page;
    return start < end ? [{ start, end: end - 1n }] : [];
  });
}
