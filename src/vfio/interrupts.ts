import { inspect } from 'node:util';
import { MmapioError, SystemError } from '../errors.js';
import { InterruptLine } from '../interrupts/interrupt-line.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import { native } from '../native/binding.js';
import { Owned } from '../owned.js';
import * as kernel from './kernel.js';

/** How a PCI device signals: by a wire that it shares, or by messages of its own. */
export type VfioInterruptKind = 'intx' | 'msi' | 'msi-x';

const INDEX: Record<VfioInterruptKind, number> = {
  intx: kernel.INTX,
  msi: kernel.MSI,
  'msi-x': kernel.MSIX,
};

/** How many interrupts of each kind a device has. */
export type VfioInterruptCounts = Readonly<Record<VfioInterruptKind, number>>;

export function countInterrupts(device: number): VfioInterruptCounts {
  const count = (kind: VfioInterruptKind) => Math.max(0, native.vfioInterruptCount(device, INDEX[kind]));
  return { intx: count('intx'), msi: count('msi'), 'msi-x': count('msi-x') };
}

/** One interrupt of a device under VFIO. */
export interface VfioInterrupt extends InterruptSource {
  /** Number of the vector. */
  readonly index: number;
  /** As `waitIrq`, blocking this thread. */
  waitIrqSync(timeout?: number): number | null;
}

/** What the vectors of a device share. */
export interface VectorDevice {
  fd: number;
  /** For messages. */
  path: string;
  /** Lets the device send messages. */
  enableMessages(): void;
}

/** The interrupts of one kind that a device was opened with: they are turned on in the kernel as a set. */
export class VectorSet {
  readonly kind: VfioInterruptKind;
  readonly #device: VectorDevice;
  readonly #request: Owned<number>;
  readonly #vectors: VfioVector[];
  #enabled = false;

  constructor(device: VectorDevice, kind: VfioInterruptKind, count: number) {
    this.kind = kind;
    this.#device = device;
    this.#request = openRequest(device);
    this.#vectors = [];
    try {
      for (let i = 0; i < count; i++) this.#vectors.push(new VfioVector(this, device.path, i, this.#request));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws {MmapioError} `ERR_NOT_FOUND` */
  at(index: number): VfioVector {
    const vector = this.#vectors[index];
    if (vector !== undefined) return vector;
    throw new MmapioError(
      'ERR_NOT_FOUND',
      `${this.#device.path} was opened with ${this.#vectors.length} vectors (${this.kind}): there is no vector ` +
        `${inspect(index)}. The option vectors asks for more`,
    );
  }

  /** Whether the kernel asks for the device back. */
  get removalRequested(): boolean {
    return native.poll(this.#request.value, 0) > 0;
  }

  /** Turns a vector on, or on again where the kernel turned it off. */
  turnOn(index: number): void {
    if (!this.#enabled) {
      if (this.kind !== 'intx') this.#device.enableMessages();
      const events = this.#vectors.map((vector) => (vector.index === index ? vector.event.value : -1));
      this.#set(kernel.DATA_EVENTFD | kernel.ACTION_TRIGGER, 0, events);
      this.#enabled = true;
    } else if (this.kind === 'intx') {
      this.#set(kernel.DATA_NONE | kernel.ACTION_UNMASK, 0, [0]);
    } else if (!this.at(index).on) {
      this.#set(kernel.DATA_EVENTFD | kernel.ACTION_TRIGGER, index, [this.at(index).event.value]);
    }
    this.at(index).on = true;
  }

  turnOff(index: number): void {
    const vector = this.at(index);
    if (!this.#enabled || !vector.on) return;
    if (this.kind === 'intx') this.#set(kernel.DATA_NONE | kernel.ACTION_MASK, 0, [0]);
    else this.#set(kernel.DATA_EVENTFD | kernel.ACTION_TRIGGER, index, [-1]);
    vector.on = false;
  }

  /** Ends every wait. To be called before the device is closed, which turns its interrupts off. */
  close(): void {
    for (const vector of this.#vectors) vector.close();
    this.#request.close();
  }

  #set(flags: number, start: number, events: readonly number[]): void {
    const { fd, path } = this.#device;
    const error = native.vfioSetInterrupts(fd, INDEX[this.kind], flags, start, Int32Array.from(events));
    if (error < 0) throw new SystemError(error, 'ioctl VFIO_DEVICE_SET_IRQS', path);
  }
}

/** An eventfd that the kernel signals when it wants the device back; kernels before 4.0 never do. */
function openRequest(device: VectorDevice): Owned<number> {
  const event = openEvent();
  const flags = kernel.DATA_EVENTFD | kernel.ACTION_TRIGGER;
  native.vfioSetInterrupts(device.fd, kernel.REQUEST, flags, 0, Int32Array.of(event.value));
  return event;
}

function openEvent(): Owned<number> {
  return owned(native.openEvent(), 'eventfd');
}

function owned(fd: number, syscall: string): Owned<number> {
  if (fd < 0) throw new SystemError(fd, syscall);
  return new Owned(fd, native.closeDescriptor);
}

/**
 * One interrupt of a device under VFIO: INTx, or one message of MSI or MSI-X. The count is of this vector, since the device
 * was opened; a wait ends with `ERR_REMOVED` when the kernel asks for the device back.
 */
export class VfioVector implements VfioInterrupt {
  readonly index: number;
  /** Whether it is on, apart from INTx's being turned off by the kernel each time it happens. */
  on = false;
  readonly event: Owned<number>;
  readonly #set: VectorSet;
  readonly #path: string;
  readonly #request: Owned<number>;
  /** Readable when there is an interrupt or a request to give the device back. */
  readonly #joined: Owned<number>;
  readonly #line: InterruptLine;
  #count = 0;

  constructor(set: VectorSet, path: string, index: number, request: Owned<number>) {
    this.index = index;
    this.#set = set;
    this.#path = path;
    this.#request = request;
    this.event = openEvent();
    try {
      const both = Int32Array.of(this.event.value, request.value);
      this.#joined = owned(native.joinDescriptors(both), 'epoll_ctl');
    } catch (error) {
      this.event.close();
      throw error;
    }
    const device = { fd: this.#joined.value, path, read: () => this.#take(), rearm: () => this.irqOn() };
    this.#line = new InterruptLine(device, 0);
  }

  irqOn(): void {
    this.#set.turnOn(this.index);
  }

  irqOff(): void {
    this.#set.turnOff(this.index);
  }

  waitIrq(options: WaitOptions = {}): Promise<number | null> {
    return this.#line.wait(options);
  }

  waitIrqSync(timeout?: number): number | null {
    return this.#line.waitSync(timeout);
  }

  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    return this.#line.interrupts(options);
  }

  close(): void {
    this.#line.close();
    this.#joined.close();
    this.event.close();
  }

  #take(): number | null {
    const fresh = native.takeEvent(this.event.value);
    if (fresh < 0) throw new SystemError(fresh, 'read', this.#path);
    if (fresh > 0) {
      // 32 bits that wrap, as UIO counts.
      this.#count = (this.#count + fresh) | 0;
      return this.#count;
    }
    if (native.poll(this.#request.value, 0) > 0) {
      throw new MmapioError(
        'ERR_REMOVED',
        `The kernel asks for ${this.#path} back, because it is being removed or unbound: close it`,
      );
    }
    return null;
  }
}
