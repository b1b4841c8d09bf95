import { inspect } from 'node:util';
import { checkByteCount, checkChoice, checkOptions } from '../check.js';
import type { DmaBuffer } from '../dma/dma-buffer.js';
import { MmapioError, SystemError } from '../errors.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import { DescriptorRegisters } from '../memory/descriptor-registers.js';
import { DeviceMappings } from '../memory/device-mappings.js';
import type { Engine } from '../memory/engine.js';
import { type MapOptions, type MemoryMap, mapDevice } from '../memory/memory-map.js';
import type { MemoryMappedIO } from '../memory/memory-mapped-io.js';
import { type RegsOptions, regsOf } from '../memory/regs.js';
import { native } from '../native/binding.js';
import type { Owned } from '../owned.js';
import { findBar } from '../pci/bars.js';
import { answers, BUS_MASTER, setCommand } from '../pci/command.js';
import { findPci, type PciSelector } from '../pci/find.js';
import type { PciBar, PciInfo } from '../pci/sysfs.js';
import type { RegisterIO } from '../register-io.js';
import type { Roots } from '../sysfs/attributes.js';
import { VfioGroup } from './group.js';
import {
  countInterrupts,
  VectorSet,
  type VfioInterrupt,
  type VfioInterruptCounts,
  type VfioInterruptKind,
} from './interrupts.js';
import { CONFIG_REGION, REGION_MMAP } from './kernel.js';
import { VfioDmaBuffer, type VfioDmaOptions } from './vfio-dma-buffer.js';

export interface VfioOptions extends Roots {
  /** Engine for the BARs, as for {@link MemoryMap.open}. */
  engine?: Engine | 'auto';
  /** How the device is to signal. Default: the best that it has: MSI-X, MSI, INTx. */
  interrupt?: VfioInterruptKind;
  /** How many vectors to have, up to what the device has; INTx has one. Default 1. */
  vectors?: number;
}

/** A region of the device's descriptor. */
interface Region {
  flags: number;
  length: number;
  offset: number;
}

/**
 * A PCI device through VFIO: its BARs, its configuration space, its interrupts, and memory that an IOMMU shows to it alone.
 * Needs no root where the group's node, `/dev/vfio/N`, may be opened.
 *
 * The device must be bound to vfio-pci: {@link PciDevice.takeOver} does that. Opening, closing and inspecting access no
 * register; the kernel resets the device at both where it can.
 */
export class VfioDevice implements InterruptSource {
  /** `0000:00:04.0` */
  readonly address: string;
  readonly vendor: number;
  readonly device: number;
  readonly bars: readonly PciBar[];
  /** Number of the IOMMU group. */
  readonly iommuGroup: number;
  /** How many interrupts of each kind the device has. */
  readonly interruptCounts: VfioInterruptCounts;
  /** Configuration space, 256 or 4096 bytes, as the kernel lets it be seen: one system call for each access. */
  readonly config: RegisterIO;

  readonly #path: string;
  readonly #group: VfioGroup;
  readonly #descriptor: Owned<number>;
  readonly #config: DescriptorRegisters;
  readonly #vectors: VectorSet;
  readonly #mappings: DeviceMappings<number>;
  readonly #ports = new Map<number, DescriptorRegisters>();
  readonly #buffers = new Set<VfioDmaBuffer>();
  #closed = false;

  /**
   * @param selector - its address (`'0000:00:04.0'`, `'00:04.0'`), or `{ vendor, device }`
   * @throws {MmapioError} `ERR_NOT_FOUND`, `ERR_AMBIGUOUS`, `ERR_INVALID_ARGUMENT`; `ERR_UNSUPPORTED` without an IOMMU, with
   *   another driver than vfio-pci, with a group of which a kernel driver has a part, or without such an interrupt;
   *   {@link SystemError} what the kernel refused: `EACCES`, `EBUSY`
   */
  constructor(selector: PciSelector, options: VfioOptions = {}) {
    checkOptions<VfioOptions>(options, ['sysfs', 'dev', 'engine', 'interrupt', 'vectors']);
    const roots = { sysfs: options.sysfs ?? '/sys', dev: options.dev ?? '/dev' };
    const info = findPci(roots.sysfs, selector);
    this.address = info.address;
    this.vendor = info.vendor;
    this.device = info.device;
    this.bars = info.bars;
    this.iommuGroup = checkDriver(info);
    this.#mappings = new DeviceMappings(options.engine);
    this.#path = `${info.address} (VFIO)`;
    this.#group = VfioGroup.acquire(this.iommuGroup, roots);
    try {
      this.#descriptor = this.#group.openDevice(info.address);
    } finally {
      this.#group.release();
    }
    try {
      this.#config = this.#registers(CONFIG_REGION, `the configuration space of ${this.#path}`);
      this.config = this.#config;
      this.interruptCounts = countInterrupts(this.#descriptor.value);
      this.#vectors = this.#openVectors(options);
    } catch (error) {
      this.#descriptor.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How the device signals. */
  get interruptKind(): VfioInterruptKind {
    return this.#vectors.kind;
  }

  /** Whether the kernel asks for the device back, because it is being removed or unbound: that waits for {@link close}. */
  get removalRequested(): boolean {
    this.#checkOpen();
    return this.#vectors.removalRequested;
  }

  /**
   * The registers of a memory BAR. Each BAR is mapped once, when first asked for, and again after a bus error ended it;
   * {@link close} unmaps it.
   *
   * @throws {MmapioError} `ERR_NOT_FOUND`, `ERR_UNSUPPORTED` (I/O ports, see {@link ports}), `ERR_CLOSED`,
   *   `ERR_OUT_OF_RANGE`; {@link SystemError} what the kernel refused. Accesses throw `ERR_BUS_FAULT` while memory decoding
   *   is off in the command register
   */
  bar(index: number, options: RegsOptions = {}): MemoryMappedIO {
    this.#checkOpen();
    findBar(this.address, this.bars, index, 'memory');
    const mapping = this.#mappings.get(index, (mapOptions) => this.#map(index, mapOptions));
    return regsOf(mapping, options);
  }

  /** The registers of an I/O BAR: one system call and one port access for each read and write. Throws as {@link bar}. */
  ports(index: number): RegisterIO {
    this.#checkOpen();
    const present = this.#ports.get(index);
    if (present !== undefined) return present;
    findBar(this.address, this.bars, index, 'io');
    const ports = this.#registers(index, `BAR ${index} of ${this.#path}`);
    this.#ports.set(index, ports);
    return ports;
  }

  /**
   * Lets the device access memory by itself (DMA, MSI), or forbids it: a read of the command register and, where needed, a
   * write. Off when the device is opened; turning a message-signalled interrupt on turns it on.
   */
  setBusMaster(on: boolean): void {
    setCommand(this.config, BUS_MASTER, on);
  }

  /** Whether the device is still there: one 16-bit read of its vendor id. */
  isPresent(): boolean {
    try {
      return answers(this.config);
    } catch (error) {
      if (error instanceof SystemError && (error.code === 'ENODEV' || error.code === 'EIO')) return false;
      throw error;
    }
  }

  /**
   * Resets the device (function level reset, or what else it has), which keeps its configuration.
   *
   * @throws {MmapioError} `ERR_UNSUPPORTED` when it has no reset of its own
   */
  reset(): void {
    this.#checkOpen();
    if (native.vfioCanReset(this.#descriptor.value) !== 1) {
      throw new MmapioError('ERR_UNSUPPORTED', `${this.address} has no reset of its own`);
    }
    const error = native.vfioReset(this.#descriptor.value);
    if (error < 0) throw new SystemError(error, 'ioctl VFIO_DEVICE_RESET', this.#path);
  }

  /**
   * Memory that the device can reach, and no more than that; `address` of the buffer is what it is given. Closed with the
   * device.
   *
   * @param length - bytes
   * @throws {MmapioError} `ERR_CLOSED`, `ERR_INVALID_ARGUMENT`; `ERR_OUT_OF_RANGE` for a length, or an address that the
   *   IOMMU does not take (the message lists which it does), `ERR_UNALIGNED` for one that is no multiple of the page size;
   *   {@link SystemError} `EEXIST` where a buffer of the group is already, `ENOMEM` when the process may not lock so much
   *   memory (`ulimit -l`)
   */
  allocateDma(length: number, options: VfioDmaOptions = {}): DmaBuffer {
    this.#checkOpen();
    checkOptions<VfioDmaOptions>(options, ['address']);
    if (checkByteCount('length', length) === 0) {
      throw new MmapioError('ERR_OUT_OF_RANGE', 'length is 0: there is nothing to allocate');
    }
    const onClose = (closed: VfioDmaBuffer) => this.#buffers.delete(closed);
    const buffer = new VfioDmaBuffer(this.#group, { ...options, length, onClose });
    this.#buffers.add(buffer);
    return buffer;
  }

  /** One of the vectors that the device was opened with; those below are of vector 0. */
  vector(index: number): VfioInterrupt {
    this.#checkOpen();
    return this.#vectors.at(index);
  }

  /** Turns the interrupt on. INTx is turned off by the kernel each time it happens; messages stay on. */
  irqOn(): void {
    this.vector(0).irqOn();
  }

  irqOff(): void {
    this.vector(0).irqOff();
  }

  /** As `Uio.waitIrq`. The count is since the device was opened. Rejects with `ERR_REMOVED` when the kernel wants it back. */
  waitIrq(options: WaitOptions = {}): Promise<number | null> {
    // Not an async function, which takes three turns of the queue more.
    try {
      return this.vector(0).waitIrq(options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As `Uio.waitIrqSync`. */
  waitIrqSync(timeout?: number): number | null {
    return this.vector(0).waitIrqSync(timeout);
  }

  /** As `Uio.interrupts`. The default `rearm` is right for INTx and does nothing for messages. */
  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    return this.vector(0).interrupts(options);
  }

  /** Ends every wait, closes every DMA buffer, unmaps every BAR and closes the device. Closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#vectors.close();
    for (const buffer of [...this.#buffers]) buffer.close();
    this.#mappings.close();
    for (const ports of this.#ports.values()) ports.close();
    this.#config.close();
    this.#descriptor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `VfioDevice { ${this.address}, group ${this.iommuGroup}, ${this.interruptKind}${this.#closed ? ', closed' : ''} }`;
  }

  #openVectors(options: VfioOptions): VectorSet {
    const kind = chooseKind(this.address, this.interruptCounts, options.interrupt);
    const most = this.interruptCounts[kind];
    const { vectors = Math.min(1, most) } = options;
    if (checkByteCount('vectors', vectors) > most) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `vectors is ${vectors}: ${this.address} has ${most} of kind ${kind}`,
      );
    }
    const device = {
      fd: this.#descriptor.value,
      path: this.#path,
      enableMessages: () => this.setBusMaster(true),
    };
    return new VectorSet(device, kind, vectors);
  }

  #map(index: number, options: MapOptions): MemoryMap {
    const { flags, offset, length } = this.#region(index);
    if ((flags & REGION_MMAP) === 0) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `The kernel does not let BAR ${index} of ${this.address} be mapped`,
      );
    }
    const path = `BAR ${index} of ${this.#path}`;
    return mapDevice({ ...options, fd: this.#descriptor.value, path, offset, length });
  }

  #registers(index: number, path: string): DescriptorRegisters {
    return new DescriptorRegisters({ descriptor: this.#descriptor, path, ...this.#region(index) });
  }

  #region(index: number): Region {
    const region = new Float64Array(3);
    const error = native.vfioRegion(this.#descriptor.value, index, region);
    if (error < 0) throw new SystemError(error, 'ioctl VFIO_DEVICE_GET_REGION_INFO', this.#path);
    const [flags = 0, length = 0, offset = 0] = region;
    return { flags, length, offset };
  }

  #checkOpen(): void {
    if (this.#closed) throw new MmapioError('ERR_CLOSED', `The VFIO device ${this.address} is closed`);
  }
}

/** Returns the IOMMU group of a device that VFIO can open. */
function checkDriver(info: PciInfo): number {
  if (info.iommuGroup === null) {
    throw new MmapioError(
      'ERR_UNSUPPORTED',
      `${info.address} is not behind an IOMMU: turn it on in the firmware, and with intel_iommu=on on the kernel's command ` +
        'line (AMD and Arm need no parameter). Without one: PciDevice with uio_pci_generic',
    );
  }
  if (info.driver === 'vfio-pci') return info.iommuGroup;
  throw new MmapioError(
    'ERR_UNSUPPORTED',
    `${info.address} has the driver ${info.driver ?? 'none'}: take it over with ` +
      "new PciDevice(...).takeOver('vfio-pci'), which needs root",
  );
}

function chooseKind(
  address: string,
  counts: VfioInterruptCounts,
  asked: VfioInterruptKind | undefined,
): VfioInterruptKind {
  if (asked === undefined) return counts['msi-x'] > 0 ? 'msi-x' : counts.msi > 0 ? 'msi' : 'intx';
  const kind = checkChoice('interrupt', asked, ['intx', 'msi', 'msi-x']);
  if (counts[kind] > 0) return kind;
  const known = Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
  throw new MmapioError('ERR_UNSUPPORTED', `${address} has no ${kind} interrupt (${known.join(', ')})`);
}
