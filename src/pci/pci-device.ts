import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { checkBoolean, checkOptions } from '../check.js';
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
import { REGS_OPTIONS, type RegsOptions, regsOf } from '../memory/regs.js';
import { native } from '../native/binding.js';
import { Owned } from '../owned.js';
import type { RegisterIO } from '../register-io.js';
import { listFolder, type Roots, readInteger, writeAttribute } from '../sysfs/attributes.js';
import { Uio } from '../uio/uio.js';
import { findBar } from './bars.js';
import { answers, BUS_MASTER, INTX_DISABLE, setCommand } from './command.js';
import { checkLoaded, driverOf, type PciPlace, rebind, unbind } from './driver.js';
import { findPci, type PciSelector } from './find.js';
import { accessRemedy, configRemedy, enableRemedy, explainMapping } from './remedies.js';
import { listPci, type PciBar, type PciInfo, pciFolder } from './sysfs.js';
import { PciTakeover, type UserSpaceDriver } from './takeover.js';

export interface PciOptions extends Roots {
  /** Engine for the BARs, as for {@link MemoryMap.open}. */
  engine?: Engine | 'auto';
}

export interface SysfsBarOptions extends RegsOptions {
  /**
   * Lets the processor gather and delay writes (sysfs `resourceN_wc`) until `barrier()`: for frame buffers and the like,
   * never for registers. The BAR must be prefetchable. Default false.
   */
  writeCombine?: boolean;
}

/**
 * A PCI device through sysfs: its BARs, its configuration space, its driver, and with uio_pci_generic its interrupt.
 *
 * Opening, listing and inspecting access neither registers nor configuration space. Everything but the interrupt works
 * with any driver or none, as long as the kernel allows it; a device behind an IOMMU is better used through VFIO.
 */
export class PciDevice implements InterruptSource {
  /** `0000:00:04.0` */
  readonly address: string;
  readonly vendor: number;
  readonly device: number;
  /** Base class, subclass and programming interface, 24 bits: `0x020000` is an Ethernet controller. */
  readonly class: number;
  readonly revision: number;
  readonly subsystemVendor: number;
  readonly subsystemDevice: number;
  /** `null` where no IOMMU is on. */
  readonly iommuGroup: number | null;
  readonly bars: readonly PciBar[];
  /**
   * Configuration space, 256 or 4096 bytes: one system call and one configuration access of 8, 16 or 32 bits for each
   * read and write. Without CAP_SYS_ADMIN the kernel lets only the first 64 bytes be read, and root alone write.
   */
  readonly config: RegisterIO;

  readonly #config: DescriptorRegisters;
  readonly #place: PciPlace;
  readonly #mappings: DeviceMappings<string>;
  readonly #ports = new Map<number, DescriptorRegisters>();
  readonly #descriptors: Owned<number>[] = [];
  #uio: Uio | undefined;
  #enabled = false;
  #closed = false;

  /** Every PCI device of the machine, by address; opens none of them. */
  static list(roots: Roots = {}): PciInfo[] {
    return listPci(roots.sysfs ?? '/sys');
  }

  /**
   * @param selector - its address (`'0000:00:04.0'`, `'00:04.0'`), or `{ vendor, device }`
   * @throws {MmapioError} `ERR_NOT_FOUND` (the message lists the devices that there are), `ERR_AMBIGUOUS`,
   *   `ERR_INVALID_ARGUMENT`; {@link SystemError} when its configuration space cannot be opened
   */
  constructor(selector: PciSelector, options: PciOptions = {}) {
    checkOptions<PciOptions>(options, ['sysfs', 'dev', 'engine']);
    const { sysfs = '/sys', dev = '/dev' } = options;
    const info = findPci(sysfs, selector);
    this.address = info.address;
    this.vendor = info.vendor;
    this.device = info.device;
    this.class = info.class;
    this.revision = info.revision;
    this.subsystemVendor = info.subsystemVendor;
    this.subsystemDevice = info.subsystemDevice;
    this.iommuGroup = info.iommuGroup;
    this.bars = info.bars;
    this.#place = { sysfs, dev, address: info.address };
    this.#mappings = new DeviceMappings(options.engine);
    // Opened now, so that it remains this device's when another one takes its place.
    const { descriptor, path, size } = this.#openFile('config', openConfig);
    this.#config = new DescriptorRegisters({
      descriptor,
      path,
      offset: 0,
      length: size,
      remedy: configRemedy,
    });
    this.config = this.#config;
  }

  /** The kernel driver that holds it at this moment, or `null`. Asks sysfs, not the device. */
  get driver(): string | null {
    return driverOf(this.#place);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Whether the device is still there: one 16-bit read of its vendor id. False when it was removed, through sysfs or from
   * its slot, and when it answers with all ones as absent devices do. Accesses of a BAR do not tell: see docs/pci.md.
   */
  isPresent(): boolean {
    try {
      return answers(this.config);
    } catch (error) {
      if (error instanceof SystemError && (error.code === 'ENODEV' || error.code === 'ENOENT')) return false;
      throw error;
    }
  }

  /**
   * The registers of a memory BAR. Each BAR is mapped once, when first asked for, and again after a bus error ended it;
   * {@link close} unmaps it. The device must be enabled, by its driver or by {@link enable}, or else reads give all ones.
   *
   * @throws {MmapioError} `ERR_NOT_FOUND` (no such BAR), `ERR_UNSUPPORTED` (I/O ports, see {@link ports}; write combining
   *   of a BAR that is not prefetchable), `ERR_CLOSED`, `ERR_OUT_OF_RANGE`; {@link SystemError} what the kernel refused
   */
  bar(index: number, options: SysfsBarOptions = {}): MemoryMappedIO {
    checkOptions<SysfsBarOptions>(options, [...REGS_OPTIONS, 'writeCombine']);
    const { writeCombine = false, ...which } = options;
    this.#checkOpen();
    const bar = findBar(this.address, this.bars, index, 'memory');
    if (writeCombine && !bar.prefetchable) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `BAR ${index} of ${this.address} is not prefetchable: writes to it must not be combined`,
      );
    }
    return regsOf(this.#mapping(bar, checkBoolean('writeCombine', writeCombine)), which);
  }

  /**
   * The registers of an I/O BAR: one system call and one port access of 8, 16 or 32 bits for each read and write. Only
   * where the processor has I/O ports (x86).
   *
   * @throws as {@link bar}
   */
  ports(index: number): RegisterIO {
    this.#checkOpen();
    const present = this.#ports.get(index);
    if (present !== undefined) return present;
    const bar = findBar(this.address, this.bars, index, 'io');
    const { descriptor, path } = this.#openFile(`resource${index}`);
    const ports = new DescriptorRegisters({
      descriptor,
      path,
      offset: 0,
      length: bar.size,
      remedy: accessRemedy,
    });
    this.#ports.set(index, ports);
    return ports;
  }

  /**
   * Wakes the device up and makes it answer to its BARs, where no driver has done so already; {@link close} undoes it.
   *
   * @throws {SystemError} `EBUSY` when a driver has it and has not enabled it, vfio-pci while it is not open for example;
   *   what else the kernel refused
   */
  enable(): void {
    this.#checkOpen();
    const folder = pciFolder(this.#place.sysfs, this.address);
    if (readInteger(folder, 'enable') > 0n) return;
    writeAttribute(join(folder, 'enable'), '1', (code) => enableRemedy(code, this.driver));
    this.#enabled = true;
  }

  /**
   * Lets the device access memory by itself (DMA, MSI), or forbids it: a read of the command register and, where needed, a
   * write. Off after boot, and turned off by the kernel when `/dev/uioN` of uio_pci_generic closes: without it DMA copies
   * nothing, and nothing says so.
   */
  setBusMaster(on: boolean): void {
    setCommand(this.config, BUS_MASTER, on);
  }

  /**
   * Gives the device to a kernel driver that knows it and takes it from the one that has it, which gets it back when the
   * other one refuses. Needs root.
   *
   * @throws {MmapioError} `ERR_NOT_FOUND` when the driver is not loaded; {@link SystemError} what the kernel refused
   */
  bind(driver: string): void {
    this.#checkOpen();
    checkLoaded(this.#place, driver);
    this.#closeInterrupt();
    rebind(this.#place, driver);
  }

  /** Takes the device from its kernel driver, if it has one. Needs root. Throws as {@link bind}. */
  unbind(): void {
    this.#checkOpen();
    this.#closeInterrupt();
    unbind(this.#place);
  }

  /**
   * Takes the device from its kernel driver for user space, until what this returns is closed:
   * `using taken = pci.takeOver('vfio-pci')`. The driver need not know the device, but must be loaded. Needs root.
   *
   * @throws as {@link bind}; `ERR_UNSUPPORTED` when the driver does not take the device
   */
  takeOver(driver: UserSpaceDriver): PciTakeover {
    this.#checkOpen();
    return new PciTakeover(this.#place, driver, () => this.#closeInterrupt());
  }

  /**
   * Turns the interrupt (INTx) on: the device must be bound to uio_pci_generic, which disables it in the command register
   * each time it happens; this enables it again there.
   *
   * @throws {MmapioError} `ERR_UNSUPPORTED` with any other driver
   */
  irqOn(): void {
    this.#interrupt().irqOn();
  }

  /** Turns the interrupt off in the command register. Throws as {@link irqOn}. */
  irqOff(): void {
    this.#interrupt().irqOff();
  }

  /** As `Uio.waitIrq`, through uio_pci_generic. Rejects with `EIO` when the device is removed meanwhile. */
  waitIrq(options: WaitOptions = {}): Promise<number | null> {
    // Not an async function, which takes three turns of the queue more.
    try {
      return this.#interrupt().waitIrq(options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As `Uio.waitIrqSync`, through uio_pci_generic. */
  waitIrqSync(timeout?: number): number | null {
    return this.#interrupt().waitIrqSync(timeout);
  }

  /** As `Uio.interrupts`, through uio_pci_generic; INTx is a level interrupt, for which the default `rearm` is right. */
  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    return this.#interrupt().interrupts(options);
  }

  /**
   * Ends every wait, unmaps every BAR, closes configuration space, and disables the device if {@link enable} enabled it.
   * Its driver stays as it is. Closing again does nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeInterrupt();
    this.#mappings.close();
    for (const ports of this.#ports.values()) ports.close();
    this.#config.close();
    for (const descriptor of this.#descriptors) descriptor.close();
    if (this.#enabled) this.#disable();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    const id = `${this.vendor.toString(16).padStart(4, '0')}:${this.device.toString(16).padStart(4, '0')}`;
    return `PciDevice { ${this.address}, ${id}, ${this.bars.length} BARs${this.#closed ? ', closed' : ''} }`;
  }

  #disable(): void {
    try {
      writeAttribute(join(pciFolder(this.#place.sysfs, this.address), 'enable'), '0');
    } catch {
      // Gone, or a driver has it now and will see to it.
    }
  }

  #mapping(bar: PciBar, writeCombine: boolean): MemoryMap {
    const file = `resource${bar.index}${writeCombine ? '_wc' : ''}`;
    return this.#mappings.get(file, (options) => this.#map(bar, file, options));
  }

  #map(bar: PciBar, file: string, options: MapOptions): MemoryMap {
    const path = join(pciFolder(this.#place.sysfs, this.address), file);
    const fd = openFile(path);
    try {
      return mapDevice({
        ...options,
        fd,
        path,
        // The kernel maps the pages around a BAR that is smaller than a page.
        offset: Number(bar.address % BigInt(native.pageSize)),
        length: bar.size,
      });
    } catch (error) {
      throw explainMapping(error, this.driver);
    } finally {
      closeSync(fd);
    }
  }

  #openFile(name: string, open = openFile): { descriptor: Owned<number>; path: string; size: number } {
    this.#checkOpen();
    const path = join(pciFolder(this.#place.sysfs, this.address), name);
    const descriptor = new Owned(open(path), closeSync);
    this.#descriptors.push(descriptor);
    return { descriptor, path, size: fstatSync(descriptor.value).size };
  }

  #interrupt(): Uio {
    this.#checkOpen();
    if (this.#uio === undefined) {
      const [device] = listFolder(join(pciFolder(this.#place.sysfs, this.address), 'uio'));
      if (device === undefined) {
        throw new MmapioError(
          'ERR_UNSUPPORTED',
          `${this.address} has the driver ${this.driver ?? 'none'}: its interrupt reaches this process with ` +
            "takeOver('uio_pci_generic'), or through VFIO",
        );
      }
      const irqControl = (on: boolean) => setCommand(this.config, INTX_DISABLE, !on);
      const { sysfs, dev } = this.#place;
      this.#uio = new Uio({ device }, { sysfs, dev, irqControl });
    }
    return this.#uio;
  }

  #closeInterrupt(): void {
    this.#uio?.close();
    this.#uio = undefined;
  }

  #checkOpen(): void {
    if (this.#closed) throw new MmapioError('ERR_CLOSED', `The PCI device ${this.address} is closed`);
  }
}

function openFile(path: string, mode = constants.O_RDWR): number {
  try {
    return openSync(path, mode | constants.O_SYNC);
  } catch (error) {
    throw SystemError.from(error, accessRemedy);
  }
}

/** For writing too, unless that is not allowed: anybody may read the first 64 bytes. */
function openConfig(path: string): number {
  try {
    return openFile(path);
  } catch (error) {
    if (!(error instanceof SystemError && error.code === 'EACCES')) throw error;
    return openFile(path, constants.O_RDONLY);
  }
}
