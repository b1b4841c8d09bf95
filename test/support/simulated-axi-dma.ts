/* An AXI DMA whose stream output is connected to its stream input, as far as direct register mode shows it (PG021). */
import {
  AbortError,
  type DmaBuffer,
  type Interrupt,
  type InterruptSource,
  MemoryMappedIO,
  type RegisterIO,
  type WaitOptions,
} from 'mmapio';

/** Ordinary memory at an address of the simulated bus; remembers how it was synchronised. */
export class SimulatedBuffer implements DmaBuffer {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly synchronised: string[] = [];
  readonly closed = false;

  constructor(address: bigint, length: number) {
    this.address = address;
    this.bytes = new Uint8Array(length);
  }

  get length(): number {
    return this.bytes.length;
  }

  regs(): MemoryMappedIO {
    return new MemoryMappedIO(this.bytes);
  }

  syncForCpu({ length, direction }: { length?: number; direction?: string } = {}): void {
    this.synchronised.push(`cpu ${length} ${direction}`);
  }

  syncForDevice({ length, direction }: { length?: number; direction?: string } = {}): void {
    this.synchronised.push(`device ${length} ${direction}`);
  }

  close(): void {}
  [Symbol.dispose](): void {}
}

/** An interrupt that a test raises. */
export class SimulatedInterrupt implements InterruptSource {
  #count = 0;
  #taken = 0;
  readonly #waiters = new Set<() => void>();

  raise(): void {
    this.#count++;
    for (const wake of [...this.#waiters]) wake();
  }

  irqOn(): void {}
  irqOff(): void {}

  async waitIrq({ signal }: WaitOptions = {}): Promise<number | null> {
    while (this.#count === this.#taken) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.add(resolve);
        signal?.addEventListener('abort', () => reject(new AbortError(signal)));
      });
      this.#waiters.clear();
    }
    this.#taken = this.#count;
    return this.#count;
  }

  async *interrupts(): AsyncGenerator<Interrupt, void, void> {
    for (;;) yield { count: (await this.waitIrq()) ?? 0, missed: 0 };
  }
}

const CHANNELS = { mm2s: 0x00, s2mm: 0x30 };
const [CONTROL, STATUS, ADDRESS, ADDRESS_HIGH, LENGTH] = [0x00, 0x04, 0x18, 0x1c, 0x28];
const [HALTED, IDLE, INTERNAL_ERROR, DECODE_ERROR, DONE, FAILED] = [1, 2, 0x10, 0x40, 0x1000, 0x4000];

export class SimulatedAxiDma implements RegisterIO {
  readonly length = 0x60;
  readonly mm2s = new SimulatedInterrupt();
  readonly s2mm = new SimulatedInterrupt();
  /** Every access, such as `write 0x28 = 0x40`. */
  readonly log: string[] = [];
  readonly #memory: readonly SimulatedBuffer[];
  readonly #registers = new Map<number, number>();
  /** The packet that waits in the stream. */
  #packet: Uint8Array | undefined;

  constructor(memory: readonly SimulatedBuffer[]) {
    this.#memory = memory;
    this.#reset();
  }

  readUint32(offset: number): number {
    const value = this.#registers.get(offset) ?? 0;
    this.log.push(`read 0x${offset.toString(16)} = 0x${value.toString(16)}`);
    return value;
  }

  writeUint32(offset: number, value: number): void {
    this.log.push(`write 0x${offset.toString(16)} = 0x${value.toString(16)}`);
    const base = offset < CHANNELS.s2mm ? CHANNELS.mm2s : CHANNELS.s2mm;
    switch (offset - base) {
      case CONTROL:
        this.#registers.set(offset, value & ~4);
        this.#change(base, HALTED, (value & 1) === 0);
        if ((value & 4) !== 0) this.#reset();
        break;
      case STATUS:
        this.#change(base, value & (DONE | FAILED), false);
        break;
      case LENGTH:
        this.#registers.set(offset, value);
        this.#change(base, IDLE, false);
        break;
      default:
        this.#registers.set(offset, value);
    }
    this.#run();
  }

  /** A byte-wide or 64-bit access is no access of this device. */
  readUint8 = refuse;
  readUint16 = refuse;
  readUint64 = refuse;
  writeUint8 = refuse;
  writeUint16 = refuse;
  writeUint64 = refuse;

  #reset(): void {
    this.#registers.clear();
    this.#packet = undefined;
    for (const base of Object.values(CHANNELS)) this.#registers.set(base + STATUS, HALTED | IDLE);
  }

  /** Does what can be done: a packet into the stream, and out of it. */
  #run(): void {
    if (this.#isBusy(CHANNELS.mm2s) && this.#packet === undefined) {
      this.#packet = this.#stretch(CHANNELS.mm2s)?.slice();
      this.#finish(CHANNELS.mm2s, this.mm2s, this.#packet === undefined ? DECODE_ERROR : 0);
    }
    if (this.#isBusy(CHANNELS.s2mm) && this.#packet !== undefined) {
      this.#receive(this.#packet, this.#stretch(CHANNELS.s2mm));
      this.#packet = undefined;
    }
  }

  #receive(packet: Uint8Array, room: Uint8Array | undefined): void {
    const fits = room !== undefined && packet.length <= room.length;
    if (fits) {
      room.set(packet);
      this.#registers.set(CHANNELS.s2mm + LENGTH, packet.length);
    }
    const error = room === undefined ? DECODE_ERROR : INTERNAL_ERROR;
    this.#finish(CHANNELS.s2mm, this.s2mm, fits ? 0 : error);
  }

  #isBusy(base: number): boolean {
    return ((this.#registers.get(base + STATUS) ?? 0) & (HALTED | IDLE)) === 0;
  }

  #finish(base: number, interrupt: SimulatedInterrupt, error: number): void {
    this.#change(base, IDLE, true);
    if (error === 0) this.#change(base, DONE, true);
    else this.#change(base, FAILED | HALTED | error, true);
    const wanted = this.#registers.get(base + CONTROL) ?? 0;
    if ((wanted & (error === 0 ? DONE : FAILED)) !== 0) interrupt.raise();
  }

  #change(base: number, bits: number, on: boolean): void {
    const before = this.#registers.get(base + STATUS) ?? 0;
    this.#registers.set(base + STATUS, on ? before | bits : before & ~bits);
  }

  /** The memory that a channel's address and length mean. */
  #stretch(base: number): Uint8Array | undefined {
    const register = (offset: number) => BigInt(this.#registers.get(base + offset) ?? 0);
    const address = (register(ADDRESS_HIGH) << 32n) | register(ADDRESS);
    const length = register(LENGTH);
    const found = this.#memory.find(
      (buffer) => address >= buffer.address && address + length <= buffer.address + BigInt(buffer.length),
    );
    if (found === undefined) return undefined;
    const start = Number(address - found.address);
    return found.bytes.subarray(start, start + Number(length));
  }
}

function refuse(): never {
  throw new Error('The AXI DMA has registers of 32 bits only');
}
