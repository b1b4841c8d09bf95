// A driver for the AMD (Xilinx) AXI DMA in direct register mode (PG021, "Programming Sequence"), over any RegisterIO,
// InterruptSource and DmaBuffer: a real device, or the simulated one of the tests. Run by itself it sends a buffer through
// a loopback design:
//
//   node examples/axi-dma.ts 'dma@40400000' 'dma-mm2s' 'dma-s2mm' udmabuf0
import { pathToFileURL } from 'node:url';
import { type DmaBuffer, type InterruptSource, type RegisterIO, UDmaBuf, Uio } from 'mmapio';

// Registers of a channel, from its first.
const CONTROL = 0x00;
const STATUS = 0x04;
const ADDRESS = 0x18;
const ADDRESS_HIGH = 0x1c;
const LENGTH = 0x28; // writing it starts the transfer

const RUN = 1 << 0; // of CONTROL
const RESET = 1 << 2; // of CONTROL
const HALTED = 1 << 0; // of STATUS
const SCATTER_GATHER = 1 << 3; // of STATUS
const DONE = 1 << 12; // of both: interrupt on completion; in STATUS a 1 clears it
const FAILED = 1 << 14; // of both: interrupt on error
const FAILURES: readonly [bit: number, meaning: string][] = [
  [1 << 4, 'internal error (a length of 0, or a packet longer than the buffer)'],
  [1 << 5, 'slave error: the memory answered with an error'],
  [1 << 6, 'decode error: nothing answers at the address of the buffer'],
];

/** One direction of the device: memory to stream (MM2S, offset 0x00) or stream to memory (S2MM, offset 0x30). */
class Channel {
  readonly #regs: RegisterIO;
  readonly #base: number;
  readonly #interrupt: InterruptSource;

  constructor(regs: RegisterIO, base: number, interrupt: InterruptSource) {
    this.#regs = regs;
    this.#base = base;
    this.#interrupt = interrupt;
    if ((this.read(STATUS) & SCATTER_GATHER) !== 0)
      throw new Error('This AXI DMA was built for scatter/gather');
  }

  read(register: number): number {
    return this.#regs.readUint32(this.#base + register);
  }

  write(register: number, value: number): void {
    this.#regs.writeUint32(this.#base + register, value >>> 0);
  }

  /** Moves `length` bytes from or to the buffer's beginning. Returns how many it were: S2MM ends with the packet. */
  async transfer(buffer: DmaBuffer, length: number, signal?: AbortSignal): Promise<number> {
    if (!(length > 0 && length <= buffer.length))
      throw new RangeError(`length is ${length}: 1 to ${buffer.length}`);
    if ((this.read(CONTROL) & RUN) === 0) this.write(CONTROL, RUN | DONE | FAILED);
    while ((this.read(STATUS) & HALTED) !== 0); // a few clock cycles
    this.write(ADDRESS, Number(buffer.address & 0xffffffffn));
    this.write(ADDRESS_HIGH, Number(buffer.address >> 32n)); // not there in a 32-bit design: the write is ignored
    this.#interrupt.irqOn();
    this.write(LENGTH, length);
    await this.#completion(signal);
    return this.read(LENGTH);
  }

  /** Waits for this transfer's interrupt; one left over from an earlier one, or shared, says nothing in STATUS. */
  async #completion(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      await this.#interrupt.waitIrq(signal === undefined ? {} : { signal });
      const status = this.read(STATUS);
      this.write(STATUS, status & (DONE | FAILED));
      if ((status & FAILED) !== 0) {
        const meanings = FAILURES.filter(([bit]) => (status & bit) !== 0).map(([, meaning]) => meaning);
        throw new Error(`AXI DMA: ${meanings.join(', ')}. It must be reset`);
      }
      if ((status & DONE) !== 0) return;
      this.#interrupt.irqOn();
    }
  }
}

export class AxiDma {
  readonly #send: Channel;
  readonly #receive: Channel;

  /** @param interrupts - `mm2s_introut` and `s2mm_introut` */
  constructor(regs: RegisterIO, interrupts: { mm2s: InterruptSource; s2mm: InterruptSource }) {
    this.#send = new Channel(regs, 0x00, interrupts.mm2s);
    this.#receive = new Channel(regs, 0x30, interrupts.s2mm);
  }

  /** Stops both directions and brings the device back after an error. */
  reset(): void {
    this.#send.write(CONTROL, RESET); // resets both channels
    while ((this.#send.read(CONTROL) & RESET) !== 0); // a few clock cycles
  }

  /** Sends the first `length` bytes of the buffer as one packet. */
  async send(buffer: DmaBuffer, length = buffer.length, signal?: AbortSignal): Promise<void> {
    buffer.syncForDevice({ length, direction: 'to-device' });
    await this.#send.transfer(buffer, length, signal);
  }

  /** Receives one packet of at most `length` bytes. Returns its length. */
  async receive(buffer: DmaBuffer, length = buffer.length, signal?: AbortSignal): Promise<number> {
    // Dirty lines of the cache, written back later, would overwrite what the device brings.
    buffer.syncForDevice({ length, direction: 'from-device' });
    const received = await this.#receive.transfer(buffer, length, signal);
    buffer.syncForCpu({ length: received, direction: 'from-device' });
    return received;
  }
}

async function main(names: readonly string[]): Promise<void> {
  const [registers = '', mm2s = '', s2mm = '', memory = ''] = names;
  using device = new Uio(registers);
  using sent = new Uio(mm2s);
  using received = new Uio(s2mm);
  using buffer = new UDmaBuf(memory);
  const dma = new AxiDma(device.regs(), { mm2s: sent, s2mm: received });
  dma.reset();
  const receiving = dma.receive(buffer);
  await dma.send(buffer, 4096);
  console.log(`${await receiving} bytes came back`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
