import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { checkOptions } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { InterruptLine } from '../interrupts/interrupt-line.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import { DeviceMappings } from '../memory/device-mappings.js';
import type { Engine } from '../memory/engine.js';
import { type MapOptions, MemoryMap } from '../memory/memory-map.js';
import type { MemoryMappedIO } from '../memory/memory-mapped-io.js';
import { type RegsOptions, regsOf } from '../memory/regs.js';
import { native } from '../native/binding.js';
import { Owned } from '../owned.js';
import { nodeRemedy, udevRule } from '../permission.js';
import { linkTarget, type Roots, readAttribute, readInteger } from '../sysfs/attributes.js';
import { findUio, type UioSelector } from './find.js';
import { registersOf } from './registers-of.js';
import { listUio, type UioInfo, type UioMap, type UioPort, uioFolder } from './sysfs.js';

export interface UioOptions extends Roots {
  /** Engine for the maps, as for {@link MemoryMap.open}. */
  engine?: Engine | 'auto';
  /**
   * Turns the interrupt on or off in place of the driver, for one that offers no control: `uio_pci_generic`, for which
   * {@link PciDevice} does it.
   */
  irqControl?: (on: boolean) => void;
}

/**
 * A device that a kernel UIO driver gives to user space: its registers and its interrupt.
 *
 * Opening, listing and inspecting access no register.
 */
export class Uio implements InterruptSource {
  readonly name: string;
  /** The kernel's name, `uio0`. */
  readonly device: string;
  /** Version of the kernel driver. */
  readonly version: string;
  readonly maps: readonly UioMap[];
  readonly ports: readonly UioPort[];
  /** The device node, `/dev/uio0`. */
  readonly path: string;

  readonly #folder: string;
  readonly #node: Owned<number>;
  readonly #line: InterruptLine;
  readonly #count = new Int32Array(1);
  readonly #irqControl: (on: boolean) => void;
  readonly #mappings: DeviceMappings<number>;
  #closed = false;

  /** Every UIO device of the machine, in the order of their numbers; opens none of them. */
  static list(roots: Roots = {}): UioInfo[] {
    return listUio(roots.sysfs ?? '/sys');
  }

  /**
   * Opens a device.
   *
   * @param selector - its name as sysfs gives it (`'dma-controller@60010000'`), or `{ device: 'uio0' }`
   * @throws {MmapioError} `ERR_NOT_FOUND` (the message lists the names that there are), `ERR_AMBIGUOUS` (several of that
   *   name: choose by `device`), `ERR_INVALID_ARGUMENT`; {@link SystemError} when the device node cannot be opened
   */
  constructor(selector: UioSelector, options: UioOptions = {}) {
    checkOptions<UioOptions>(options, ['sysfs', 'dev', 'engine', 'irqControl']);
    const sysfs = options.sysfs ?? '/sys';
    const info = findUio(sysfs, selector);
    this.name = info.name;
    this.device = info.device;
    this.version = info.version;
    this.maps = info.maps;
    this.ports = info.ports;
    this.path = join(options.dev ?? '/dev', info.device);
    this.#folder = uioFolder(sysfs, info.device);
    this.#mappings = new DeviceMappings(options.engine);
    this.#irqControl = options.irqControl ?? ((on) => this.#writeControl(on));
    // Read before opening: interrupts in between count as missed instead of being lost.
    const count = this.#countInSysfs();
    this.#node = new Owned(openDevice(this.path), closeSync);
    this.#line = new InterruptLine(
      { fd: this.#node.value, path: this.path, read: () => this.#readCount(), rearm: () => this.#rearm() },
      count,
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The text of a file in the device's sysfs folder, `'event'` or `'device/modalias'` for example.
   *
   * @throws {MmapioError} `ERR_INVALID_ARGUMENT` for what is no path below the folder; {@link SystemError} what the kernel
   *   refused, `ENOENT` where there is no such file
   */
  attribute(name: string): string {
    return readAttribute(this.#folder, this.#checkAttribute(name));
  }

  /**
   * The same as a number; decimal, or hexadecimal with `0x`.
   *
   * @throws {MmapioError} as {@link attribute}; `ERR_INVALID_VALUE` when it is no whole number, or one above 2⁵³
   */
  integer(name: string): number {
    const value = Number(readInteger(this.#folder, this.#checkAttribute(name), TEXT));
    if (Number.isSafeInteger(value)) return value;
    throw new MmapioError('ERR_INVALID_VALUE', `${name} is ${value}, too large for a number. ${TEXT}`);
  }

  /** The map of that index or name. */
  mapInfo(which: number | string): UioMap {
    const found = this.maps.filter((map) =>
      typeof which === 'string' ? map.name === which : map.index === which,
    );
    const [map] = found;
    if (map !== undefined && found.length === 1) return map;
    const known = this.maps.map((one) => `${one.index} '${one.name}'`).join(', ') || 'none';
    throw found.length > 1
      ? new MmapioError(
          'ERR_AMBIGUOUS',
          `${this.path} has several maps '${which}': choose by index (${known})`,
        )
      : new MmapioError('ERR_NOT_FOUND', `${this.path} has no map ${inspect(which)}; it has: ${known}`);
  }

  /**
   * The registers of a map, by index or name. Each map is mapped once, when first asked for, and again after a bus error
   * ended it; every region of it lies over that one mapping, which {@link close} unmaps.
   *
   * Nothing outside the device's own registers can be reached through the region: it begins at the map's first register,
   * wherever in its page that is, and ends with the size that the device tree gives, or else with the map.
   */
  regs(which: number | string = 0, options: RegsOptions = {}): MemoryMappedIO {
    if (this.#closed) throw this.#closedError();
    const map = this.mapInfo(which);
    const mapping = this.#mappings.get(map.index, (mapOptions) => this.#map(map, mapOptions));
    return regsOf(mapping, options);
  }

  /**
   * Turns the interrupt on: one 32-bit 1 written to the device node, or what the option `irqControl` does.
   *
   * @throws {SystemError} `ENOSYS` when the driver offers no control, `EIO` when the device has no interrupt;
   *   {@link MmapioError} `ERR_UNSUPPORTED` with uio_pci_generic, which turns the interrupt off each time it happens and
   *   leaves it to {@link PciDevice} to turn it on
   */
  irqOn(): void {
    this.#control(true);
  }

  /** Turns the interrupt off: one 32-bit 0 written to the device node. Throws as {@link irqOn}. */
  irqOff(): void {
    this.#control(false);
  }

  /**
   * Waits for the next interrupt; one that happened since the last wait, or since opening, counts. It ends every wait that
   * is pending then. Uses no thread of the pool. A pending wait keeps the process alive.
   *
   * @returns all interrupts of the device so far (32 bits, signed: it wraps), or `null` when the time is up
   * @throws {AbortError} `ABORT_ERR`; {@link MmapioError} `ERR_CLOSED` by `close()`, `ERR_INVALID_ARGUMENT`;
   *   {@link SystemError} `EIO` when the device has no interrupt or is gone
   */
  waitIrq(options: WaitOptions = {}): Promise<number | null> {
    return this.#line.wait(options);
  }

  /**
   * The same, blocking this thread: timers, signals' handlers and all else of JavaScript stand still meanwhile.
   *
   * @param timeout - milliseconds; default, and for anything above 2³¹ − 1: no limit
   */
  waitIrqSync(timeout?: number): number | null {
    return this.#line.waitSync(timeout);
  }

  /**
   * The interrupts as they come: `for await (const { count, missed } of uio.interrupts())`. Turns the interrupt on first,
   * and again as `rearm` says; drivers that offer no control (`ENOSYS`) are left alone. An interrupt that another wait
   * takes is a turn of the loop too. Ends when the device is closed; throws as {@link waitIrq} and {@link irqOn} otherwise.
   * However the loop ends, it turns nothing on any more: in or behind its body the interrupt is off with `'level'`, on with
   * `'edge'`; while the loop waits it is on.
   */
  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    return this.#line.interrupts(options);
  }

  /** Ends every wait and loop, unmaps every map and closes the device. Closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#line.close();
    this.#mappings.close();
    this.#node.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `Uio { ${this.name}, ${this.path}, ${this.maps.length} maps${this.#closed ? ', closed' : ''} }`;
  }

  #checkAttribute(name: string): string {
    if (typeof name === 'string' && name !== '' && !name.split('/').includes('..')) return name;
    throw new MmapioError(
      'ERR_INVALID_ARGUMENT',
      `${inspect(name)} is no attribute: it takes a path below ${this.#folder}`,
    );
  }

  #map(map: UioMap, options: MapOptions): MemoryMap {
    const { start, length } = registersOf(this.#folder, map);
    const offset = map.index * native.pageSize + start;
    return MemoryMap.fromFd(this.#node.value, { ...options, offset, length });
  }

  /** The signed 32-bit count that read(2) of the device gives; it never blocks, the device is open with O_NONBLOCK. */
  #readCount(): number | null {
    const taken = native.takeCount(this.#node.value, this.#count);
    if (taken < 0) throw new SystemError(taken, 'read', this.path, readRemedy);
    return taken === 0 ? null : (this.#count[0] ?? null);
  }

  #control(on: boolean): void {
    if (this.#closed) throw this.#closedError();
    this.#irqControl(on);
  }

  #writeControl(on: boolean): void {
    try {
      writeSync(this.#node.value, Int32Array.of(on ? 1 : 0));
    } catch (error) {
      const refused = SystemError.from(withPath(error, this.path), controlRemedy);
      const driver = linkTarget(this.#folder, 'device/driver');
      throw refused.code === 'ENOSYS' && driver === 'uio_pci_generic'
        ? this.#needsPciDevice(refused)
        : refused;
    }
  }

  /** It turns the interrupt off where only configuration space turns it on: a loop would wait for ever. */
  #needsPciDevice(cause: SystemError): MmapioError {
    const address = linkTarget(this.#folder, 'device');
    return new MmapioError(
      'ERR_UNSUPPORTED',
      `${this.path} has the driver uio_pci_generic, which turns the interrupt off each time it happens and cannot turn ` +
        `it on again: new PciDevice('${address}') can`,
      { cause },
    );
  }

  #rearm(): void {
    try {
      this.#control(true);
    } catch (error) {
      // Such a driver never turns the interrupt off, or has its own way of turning it on.
      if (!(error instanceof SystemError && error.code === 'ENOSYS')) throw error;
    }
  }

  /** The total count before any interrupt that this object can see; 0 where sysfs does not tell. */
  #countInSysfs(): number {
    try {
      return Number(readInteger(this.#folder, 'event')) | 0;
    } catch {
      return 0;
    }
  }

  #closedError(): MmapioError {
    return new MmapioError('ERR_CLOSED', `${this.path} (${this.name}) is closed`);
  }
}

/** What to do about an attribute that is no number. */
const TEXT = 'attribute() gives its text';

function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_SYNC | constants.O_NONBLOCK);
  } catch (error) {
    throw SystemError.from(error, (code) => openRemedy(code, path));
  }
}

/** The same error with the file that Node.js does not know of, because it was given a descriptor. */
function withPath(error: unknown, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}

function openRemedy(code: string, path: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return nodeRemedy(udevRule('uio', 'uio'));
    case 'ENOENT':
      return `sysfs knows the device, but it has no node ${path}: is devtmpfs or udev running?`;
    default:
      return undefined;
  }
}

function readRemedy(code: string): string | undefined {
  return code === 'EIO'
    ? 'The device has no interrupt (none in its device tree node or driver), or it is gone'
    : undefined;
}

function controlRemedy(code: string): string | undefined {
  switch (code) {
    case 'ENOSYS':
      return 'Its driver offers no interrupt control: the interrupt is on, or is turned on in the device itself';
    case 'EIO':
      return readRemedy(code);
    default:
      return undefined;
  }
}
