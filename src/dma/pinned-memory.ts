import { checkByteCount, checkOptions, hex, invalidArgument, show } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { listFolder, readAttribute } from '../sysfs/attributes.js';
import { MappedDmaBuffer } from './mapped-buffer.js';

/** Memory whose physical addresses follow each other. */
export interface PhysicalSegment {
  /** Offset in the buffer. */
  readonly offset: number;
  readonly address: bigint;
  readonly length: number;
}

export interface PinnedMemoryOptions {
  /**
   * Size of the pages, in bytes: the machine's own, or that of huge pages which the administrator has set aside. Default:
   * the machine's own for a buffer that fits into one, the smallest huge page that the buffer fits into otherwise.
   */
  pageSize?: number;
  /**
   * Whether the physical addresses must follow each other, as most devices need it. `false` is for devices that take lists
   * of addresses: see {@link PinnedMemory.segments}. Default true.
   */
  contiguous?: boolean;
}

/**
 * Locked memory of this process with its physical address, for a device without an IOMMU where u-dma-buf is not installed.
 *
 * The limits: root (CAP_SYS_ADMIN for the addresses, CAP_IPC_LOCK or `ulimit -l` for locking). Only machines whose devices
 * see the CPU's caches, as on x86 and servers: `syncForCpu` and `syncForDevice` are barriers and clean no cache. The device
 * must reach the address: nothing keeps it below 4 GiB. Locked pages are not swapped out, but the kernel may move normal
 * ones to make room for huge pages (`sysctl vm.compact_unevictable_allowed=0` forbids that); huge pages stay.
 */
export class PinnedMemory extends MappedDmaBuffer {
  /** Physical address of the first byte. */
  readonly address: bigint;
  /** Bytes a page. */
  readonly pageSize: number;
  /** The buffer as stretches whose physical addresses follow each other: one, unless `contiguous` was false. */
  readonly segments: readonly PhysicalSegment[];

  /**
   * @param length - bytes
   * @throws {MmapioError} `ERR_UNSUPPORTED` when the pages do not follow each other, or no page is large enough,
   *   `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_RANGE`; {@link SystemError} `ENOMEM` when memory or huge pages are short (normal
   *   pages: more than `MemAvailable` of /proc/meminfo) or may not be locked, `EPERM` when the kernel hides physical
   *   addresses
   */
  constructor(length: number, options: PinnedMemoryOptions = {}) {
    checkOptions<PinnedMemoryOptions>(options, ['pageSize', 'contiguous']);
    checkByteCount('length', length);
    if (length === 0) throw new MmapioError('ERR_OUT_OF_RANGE', 'length is 0: there is nothing to allocate');
    const pageSize = options.pageSize ?? defaultPageSize(length, options.contiguous ?? true);
    const mapped = Math.ceil(length / checkPageSize(pageSize)) * pageSize;
    if (pageSize === native.pageSize) checkAvailable(mapped);
    const fd = createMemory(mapped, pageSize);
    try {
      super({ fd, path: `locked memory in pages of ${hex(pageSize)} bytes`, length, mapped });
    } catch (error) {
      throw explain(error, pageSize);
    } finally {
      native.closeDescriptor(fd);
    }
    this.pageSize = pageSize;
    try {
      this.#lock();
      this.segments = segmentsOf(this.#physicalPages(mapped / pageSize), pageSize, length);
      this.address = firstAddress(this.segments, options.contiguous ?? true);
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #lock(): void {
    const error = native.lockMemory(this.slot);
    if (error < 0) throw explain(new SystemError(error, 'mlock'), this.pageSize);
  }

  /** The physical address of each page. */
  #physicalPages(pages: number): bigint[] {
    const step = this.pageSize / native.pageSize;
    const addresses = new BigUint64Array(pages * step);
    const error = native.physicalAddresses(this.slot, addresses);
    if (error < 0) throw new SystemError(error, 'read', '/proc/self/pagemap', HIDDEN);
    if (addresses.includes(0n)) throw new SystemError(-1, 'read', '/proc/self/pagemap', HIDDEN);
    return Array.from(addresses.filter((_, i) => i % step === 0));
  }
}

const GIBIBYTE = 2 ** 30;

const ENOMEM = -12;

const HIDDEN =
  'The kernel shows physical addresses to root only (CAP_SYS_ADMIN): use u-dma-buf or VFIO without root';

/** The sizes of huge pages that the kernel knows, ascending. */
function hugePageSizes(): number[] {
  return listFolder('/sys/kernel/mm/hugepages')
    .map((name) => Number(/\d+/.exec(name)?.[0]) * 1024)
    .sort((a, b) => a - b);
}

function defaultPageSize(length: number, contiguous: boolean): number {
  const sizes = [native.pageSize, ...hugePageSizes()];
  const fitting = contiguous ? sizes.find((size) => length <= size) : native.pageSize;
  if (fitting !== undefined) return fitting;
  throw new MmapioError(
    'ERR_UNSUPPORTED',
    `No page of this machine holds ${hex(length)} bytes (the largest: ${hex(sizes.at(-1) ?? 0)}): use u-dma-buf or VFIO, ` +
      'or several buffers',
  );
}

function checkPageSize(size: unknown): number {
  const known = [native.pageSize, ...hugePageSizes()];
  if (known.includes(size as number)) return size as number;
  throw invalidArgument(`pageSize is ${show(size)}: this machine has ${known.map(hex).join(', ')}`);
}

function createMemory(length: number, pageSize: number): number {
  const fd = native.createMemory(length, pageSize === native.pageSize ? 0 : pageSize);
  if (fd < 0) throw explain(new SystemError(fd, 'memfd_create'), pageSize);
  return fd;
}

/** Locking takes every page at once, and the kernel ends a process, not always this one, rather than refuse it. */
function checkAvailable(length: number): void {
  const kilobytes = /^MemAvailable:\s*(\d+) kB$/m.exec(readAttribute('/proc', 'meminfo'))?.[1];
  const available = Number(kilobytes ?? Number.POSITIVE_INFINITY) * 1024;
  if (length <= available) return;
  throw new SystemError(
    ENOMEM,
    'mlock',
    undefined,
    `The machine has ${hex(available)} bytes to give (MemAvailable in /proc/meminfo), not ${hex(length)}`,
  );
}

function explain(error: unknown, pageSize: number): unknown {
  if (!(error instanceof SystemError)) return error;
  const { errno, syscall, path } = error;
  const remedy = remedyOf(error, pageSize);
  return remedy === undefined ? error : new SystemError(errno, syscall, path, remedy, { cause: error });
}

function remedyOf({ code, syscall }: SystemError, pageSize: number): string | undefined {
  if (code === 'EMFILE') return 'The process has too many files open (see ulimit -n)';
  if (syscall === 'mlock')
    return 'The process may not lock so much memory (see ulimit -l), or memory is short';
  return code === 'ENOMEM' && pageSize !== native.pageSize ? hugePageRemedy(pageSize) : undefined;
}

function hugePageRemedy(pageSize: number): string {
  const kilobytes = pageSize / 1024;
  return pageSize < GIBIBYTE
    ? `No huge pages are free: set some aside with ` +
        `echo 16 > /sys/kernel/mm/hugepages/hugepages-${kilobytes}kB/nr_hugepages, best at boot`
    : `No huge pages of ${hex(pageSize)} bytes are free: set some aside at boot, with hugepagesz=${pageSize / GIBIBYTE}G hugepages=1 on ` +
        "the kernel's command line; a running kernel seldom has so much in one piece";
}

/** Joins pages whose addresses follow each other. */
function segmentsOf(pages: readonly bigint[], pageSize: number, length: number): PhysicalSegment[] {
  const segments: PhysicalSegment[] = [];
  for (const [i, address] of pages.entries()) {
    const offset = i * pageSize;
    const size = Math.min(pageSize, length - offset);
    const last = segments.at(-1);
    if (last !== undefined && last.address + BigInt(last.length) === address) {
      segments[segments.length - 1] = { ...last, length: last.length + size };
    } else {
      segments.push({ offset, address, length: size });
    }
  }
  return segments;
}

function firstAddress(segments: readonly PhysicalSegment[], contiguous: boolean): bigint {
  const [first] = segments;
  if (first !== undefined && (segments.length === 1 || !contiguous)) return first.address;
  throw new MmapioError(
    'ERR_UNSUPPORTED',
    `The kernel gave ${segments.length} stretches of memory that do not follow each other: choose a larger pageSize, or ` +
      'contiguous: false for a device that takes a list of addresses',
  );
}
