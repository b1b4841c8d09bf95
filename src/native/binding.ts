import { loadCore } from './load.js';

/** Any typed array; its element width is the width of the accesses. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/**
 * The native core, as `native/addon.c` exports it. Nothing here checks its arguments: a wrong one is undefined
 * behaviour. `memory/`, `interrupts/`, `dma/` and `vfio/` call it, with what they have checked.
 *
 * Functions that can be refused return a negative errno. A mapping is named by its slot.
 */
export interface NativeBinding {
  readonly pageSize: number;
  /** See {@link call}. */
  readonly call: ArrayBuffer;

  /** `windowAddress` below 0: anywhere outside the window. Returns the mapping's slot. */
  map(fd: number, offset: number, length: number, writable: boolean, windowAddress: number): number;
  /** 0, or a negative errno: then the device may still be visible there. */
  unmap(slot: number): number;
  sync(slot: number, offset: number, length: number): number;
  attachWindow(bytes: ArrayBuffer): void;
  /**
   * The slot of a mapping of this thread that met a bus error, its byte offset in {@link call}; below 0 when there are
   * no more.
   */
  takeFault(): number;
  /** Puts the handler of SIGBUS in front of the present one, unless it is there. */
  containFaults(): number;

  /** One access each, of the width in bits; see {@link call} for what it accesses. */
  read8(): void;
  read16(): void;
  read32(): void;
  read64(): void;
  write8(): void;
  write16(): void;
  write32(): void;
  write64(): void;
  /**
   * Element-wise from where {@link call} says. `how` is of {@link TO_DEVICE}, {@link FIXED} and {@link SWAP_BYTES}.
   * Returns something other than `undefined` when a bus error happened.
   */
  transfer(memory: TypedArray, how: number): unknown;
  barrier(): void;

  /** `callback` is called with the id of each watch that ends; with 0 for all, where none can be had any more. */
  startWatcher(callback: (id: number) => void): number;
  watch(fd: number, id: number): number;
  unwatch(fd: number): number;
  /** 1 when `fd` is readable or broken, 0 when the time is up; `timeoutMs` below 0: no limit. */
  poll(fd: number, timeoutMs: number): number;

  /** One pread(2) of 1, 2 or 4 bytes, little-endian: the value, or a negative errno. */
  readDescriptor(fd: number, offset: number, width: number): number;
  /** One pwrite(2) of 1, 2 or 4 bytes, little-endian. */
  writeDescriptor(fd: number, offset: number, width: number, value: number): number;
  /** For descriptors that came from here. */
  closeDescriptor(fd: number): void;
  /** Takes a UIO device's interrupt count: 1 when there is one, 0 for nothing, or a negative errno. */
  takeCount(fd: number, count: Int32Array): number;
  /** A new eventfd. */
  openEvent(): number;
  /** What an eventfd has counted since the last call. */
  takeEvent(fd: number): number;
  /** A descriptor that is readable while any of these is. */
  joinDescriptors(fds: Int32Array): number;

  /**
   * The first `length` bytes of a mapping outside the window; `undefined` where the runtime allows no such buffer. They
   * read as zeros once the mapping is unmapped.
   */
  view(slot: number, length: number): ArrayBuffer | undefined;
  detach(buffer: ArrayBuffer): void;
  /** A descriptor of new memory; `hugePage` is the size of its pages, 0 for normal ones. */
  createMemory(length: number, hugePage: number): number;
  lockMemory(slot: number): number;
  /** Fills in the physical address of each page of the mapping; 0 for what is hidden. */
  physicalAddresses(slot: number, addresses: BigUint64Array): number;

  vfioGroupViable(group: number): number;
  vfioAttach(container: number, group: number): number;
  /** Pairs of first and last address; returns how many. */
  vfioIovaRanges(container: number, ranges: BigUint64Array): number;
  /** The whole mapping. */
  vfioMapDma(container: number, slot: number, iova: bigint): number;
  vfioUnmapDma(container: number, iova: bigint, length: number): number;
  vfioOpenDevice(group: number, name: string): number;
  vfioCanReset(device: number): number;
  vfioReset(device: number): number;
  /** Fills in flags, size and offset in the device's descriptor. */
  vfioRegion(device: number, index: number, region: Float64Array): number;
  vfioInterruptCount(device: number, index: number): number;
  /** For as many interrupts from `start` as the array has eventfds (-1 for none). */
  vfioSetInterrupts(device: number, index: number, flags: number, start: number, events: Int32Array): number;
}

export const native = loadCore() as NativeBinding;

/**
 * The arguments and the result of an access (`struct access_call` in native/addon.c), which here cost a tenth of
 * what passing them through Node-API does. `value` and `value64` are the same memory.
 */
export const call = {
  /** Byte offset in the pages of the slot. */
  offset: new Float64Array(native.call, 0, 1),
  value: new Uint32Array(native.call, 8, 1),
  value64: new BigUint64Array(native.call, 8, 1),
  slot: new Int32Array(native.call, 16, 1),
  /** Not 0 when a bus error happened. */
  faultCount: new Uint32Array(native.call, 20, 1),
};

/** Flags of {@link NativeBinding.transfer}. */
export const TO_DEVICE = 0x10;
export const FIXED = 0x20;
export const SWAP_BYTES = 0x40;
