import { MappedDmaBuffer } from '../dma/mapped-buffer.js';
import { SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { Owned } from '../owned.js';
import type { VfioGroup } from './group.js';

export interface VfioDmaOptions {
  /**
   * The I/O virtual address of the buffer, a multiple of the page size: for devices that take only some addresses, or that
   * have one built in. A `bigint` or a `number` below 2⁵³. Default: the lowest that is free, so that devices with few
   * address bits get on.
   */
  address?: number | bigint;
}

/** What is passed on from {@link VfioDevice.allocateDma}. */
interface Request extends VfioDmaOptions {
  length: number;
  onClose: (buffer: VfioDmaBuffer) => void;
}

/** Memory that an IOMMU shows to the devices of a VFIO group, and to nothing else. */
export class VfioDmaBuffer extends MappedDmaBuffer {
  /** I/O virtual address of the first byte. */
  readonly address: bigint;
  readonly #mapping: Owned<bigint>;
  readonly #onClose: (buffer: VfioDmaBuffer) => void;

  constructor(group: VfioGroup, { length, address, onClose }: Request) {
    const mapped = Math.ceil(length / native.pageSize) * native.pageSize;
    const fd = native.createMemory(mapped, 0);
    if (fd < 0) throw new SystemError(fd, 'memfd_create');
    try {
      super({ fd, path: `memory for ${group.path}`, length, mapped });
    } finally {
      native.closeDescriptor(fd);
    }
    this.#onClose = onClose;
    try {
      this.address = group.mapDma(this.slot, mapped, address);
      this.#mapping = new Owned(this.address, (start) => group.unmapDma(start, mapped));
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** From then on an access of the device is stopped by the IOMMU. */
  protected override release(): void {
    this.#mapping.close();
    this.#onClose(this);
  }
}
