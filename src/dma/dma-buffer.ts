import type { MemoryMappedIO } from '../memory/memory-mapped-io.js';
import type { RegsOptions } from '../memory/regs.js';

/** Who writes: the CPU for the device, the device for the CPU, or both. */
export type DmaDirection = 'to-device' | 'from-device' | 'both';

export interface SyncOptions {
  /** Bytes from the start of the buffer. Default 0. */
  offset?: number;
  /** Bytes. Default: the rest. */
  length?: number;
  /** Default `'both'`. */
  direction?: DmaDirection;
}

/**
 * Memory that a device reads and writes by itself, wherever it comes from: u-dma-buf ({@link UDmaBuf}), locked pages
 * ({@link PinnedMemory}), or an IOMMU (`VfioDevice.allocateDma`).
 */
export interface DmaBuffer {
  /** What the device is given: a physical address, or an I/O virtual one. */
  readonly address: bigint;
  /** Bytes. */
  readonly length: number;
  /**
   * The memory itself, without copies; other typed arrays are made over `bytes.buffer`. For data. After `close` it is
   * detached: its length is 0.
   *
   * JavaScript reads and writes it as it likes: what the device changes while the program looks on, a descriptor's status
   * for example, is read through {@link regs}.
   *
   * @throws {MmapioError} `ERR_CLOSED`; `ERR_UNSUPPORTED` where ordinary accesses of the memory are not possible
   */
  readonly bytes: Uint8Array;
  readonly closed: boolean;

  /** The same memory as registers: exactly one access of its width for each read and write. */
  regs(options?: RegsOptions): MemoryMappedIO;

  /** After the device has written and before the CPU reads: what the CPU then reads is what the device wrote. */
  syncForCpu(options?: SyncOptions): void;

  /** After the CPU has written and before the device is told: what the device then reads is what the CPU wrote. */
  syncForDevice(options?: SyncOptions): void;

  /**
   * Gives the memory back; the device must have been stopped before. Closing again does nothing.
   */
  close(): void;
  [Symbol.dispose](): void;
}
