export type { DmaBuffer, DmaDirection, SyncOptions } from './dma/dma-buffer.js';
export { type PhysicalSegment, PinnedMemory, type PinnedMemoryOptions } from './dma/pinned-memory.js';
export { UDmaBuf, type UDmaBufOptions } from './dma/u-dma-buf.js';
export { AbortError, BusError, type ErrorCode, MmapioError, SystemError } from './errors.js';
export type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  Rearm,
  WaitOptions,
} from './interrupts/interrupt-source.js';
export type { Engine } from './memory/engine.js';
export { type MapOptions, MemoryMap, type OpenOptions } from './memory/memory-map.js';
export {
  type ByteOrder,
  MemoryMappedIO,
  type RegionMemory,
  type RegionOptions,
} from './memory/memory-mapped-io.js';
export type { RegsOptions } from './memory/regs.js';
export type { Access } from './memory/target.js';
export type { TypedArray } from './native/binding.js';
export type { PciSelector } from './pci/find.js';
export {
  PciDevice,
  type PciOptions,
  type SysfsBarOptions,
} from './pci/pci-device.js';
export type { PciBar, PciInfo } from './pci/sysfs.js';
export { PciTakeover, type UserSpaceDriver } from './pci/takeover.js';
export type { PhysicalRange } from './physical/iomem.js';
export {
  PhysicalMemory,
  type PhysicalMemoryOptions,
} from './physical/physical-memory.js';
export type { RegisterIO } from './register-io.js';
export type { Roots } from './sysfs/attributes.js';
export type { UioSelector } from './uio/find.js';
export type { UioInfo, UioMap, UioPort } from './uio/sysfs.js';
export { Uio, type UioOptions } from './uio/uio.js';
export type { VfioInterrupt, VfioInterruptCounts, VfioInterruptKind } from './vfio/interrupts.js';
export {
  VfioDevice,
  type VfioOptions,
} from './vfio/vfio-device.js';
export type { VfioDmaOptions } from './vfio/vfio-dma-buffer.js';
