// A whole driver in user space, for the teaching device of QEMU (`edu`, docs/specs/edu in QEMU's source): registers,
// interrupts, DMA. The class knows no more than RegisterIO, InterruptSource and DmaBuffer; where they come from is decided
// below it: VFIO behind an IOMMU, or uio_pci_generic and locked memory without one.
//
//   npm run board -- --machine x64-iommu examples/edu.ts
//   npm run board -- --machine x64 examples/edu.ts
import {
  type DmaBuffer,
  type InterruptSource,
  PciDevice,
  PinnedMemory,
  type RegisterIO,
  VfioDevice,
} from 'mmapio';

// Registers of 32 bits, and from 0x80 on of 64 bits.
const ID = 0x00;
const LIVENESS = 0x04; // reads as the complement of what was written
const FACTORIAL = 0x08;
const STATUS = 0x20;
const IRQ_STATUS = 0x24;
const IRQ_ACKNOWLEDGE = 0x64;
const DMA_SOURCE = 0x80;
const DMA_DESTINATION = 0x88;
const DMA_COUNT = 0x90;
const DMA_COMMAND = 0x98;

const BUSY = 1 << 0; // of STATUS
const IRQ_WHEN_COMPUTED = 1 << 7; // of STATUS
const COMPUTED = 0x001; // of IRQ_STATUS
const TRANSFERRED = 0x100; // of IRQ_STATUS
const START = 1n << 0n; // of DMA_COMMAND
const TO_HOST = 1n << 1n; // of DMA_COMMAND
const IRQ_WHEN_TRANSFERRED = 1n << 2n; // of DMA_COMMAND

/** The device's own memory, as its DMA engine sees it. */
const DEVICE_MEMORY = 0x40000n;
export const DEVICE_MEMORY_LENGTH = 4088;

export class Edu {
  readonly #regs: RegisterIO;
  readonly #buffer: DmaBuffer;
  readonly #waiting = new Map<number, () => void>();

  constructor(regs: RegisterIO, buffer: DmaBuffer) {
    const id = regs.readUint32(ID);
    if ((id & 0xff) !== 0xed) throw new Error(`This is no edu: it says 0x${id.toString(16)}`);
    this.#regs = regs;
    this.#buffer = buffer;
  }

  get revision(): string {
    const id = this.#regs.readUint32(ID);
    return `${id >>> 24}.${(id >>> 16) & 0xff}`;
  }

  isAlive(): boolean {
    this.#regs.writeUint32(LIVENESS, 0x12345678);
    return this.#regs.readUint32(LIVENESS) === ~0x12345678 >>> 0;
  }

  /** Serves the interrupts until the signal aborts. INTx and MSI alike: acknowledge, and the loop turns it on again. */
  async serve(source: InterruptSource, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of source.interrupts({ signal })) {
        const status = this.#regs.readUint32(IRQ_STATUS);
        this.#regs.writeUint32(IRQ_ACKNOWLEDGE, status);
        for (const [bit, done] of this.#waiting) if ((status & bit) !== 0) done();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** n! modulo 2³². */
  async factorial(n: number): Promise<number> {
    while ((this.#regs.readUint32(STATUS) & BUSY) !== 0);
    this.#regs.writeUint32(STATUS, IRQ_WHEN_COMPUTED);
    const computed = this.#interrupt(COMPUTED);
    this.#regs.writeUint32(FACTORIAL, n);
    await computed;
    return this.#regs.readUint32(FACTORIAL);
  }

  /** Copies bytes to the device's memory. */
  async write(bytes: Uint8Array): Promise<void> {
    const length = this.#checkLength(bytes.length);
    this.#buffer.bytes.set(bytes);
    this.#buffer.syncForDevice({ length, direction: 'to-device' });
    await this.#transfer(this.#buffer.address, DEVICE_MEMORY, length, 0n);
  }

  /** Copies bytes from the device's memory. */
  async read(length: number): Promise<Uint8Array> {
    this.#checkLength(length);
    // Nothing that the CPU wrote earlier may come out of its cache on top of what the device brings.
    this.#buffer.syncForDevice({ length, direction: 'from-device' });
    await this.#transfer(DEVICE_MEMORY, this.#buffer.address, length, TO_HOST);
    this.#buffer.syncForCpu({ length, direction: 'from-device' });
    return this.#buffer.bytes.slice(0, length);
  }

  #checkLength(length: number): number {
    const most = Math.min(DEVICE_MEMORY_LENGTH, this.#buffer.length);
    if (length > 0 && length <= most) return length;
    throw new RangeError(`${length} bytes: edu moves 1 to ${most}`);
  }

  async #transfer(source: bigint, destination: bigint, length: number, direction: bigint): Promise<void> {
    const transferred = this.#interrupt(TRANSFERRED);
    this.#regs.writeUint64(DMA_SOURCE, source);
    this.#regs.writeUint64(DMA_DESTINATION, destination);
    this.#regs.writeUint64(DMA_COUNT, BigInt(length));
    this.#regs.writeUint64(DMA_COMMAND, START | direction | IRQ_WHEN_TRANSFERRED);
    await transferred;
  }

  #interrupt(bit: number): Promise<void> {
    return new Promise<void>((resolve) => this.#waiting.set(bit, resolve)).then(
      () => void this.#waiting.delete(bit),
    );
  }
}

using pci = new PciDevice({ vendor: 0x1234, device: 0x11e8 });
const driver = pci.iommuGroup === null ? 'uio_pci_generic' : 'vfio-pci';
using _taken = pci.takeOver(driver);
using device = driver === 'vfio-pci' ? new VfioDevice(pci.address) : pci;
using buffer = device instanceof VfioDevice ? device.allocateDma(4096) : new PinnedMemory(4096);
device.setBusMaster(true);

const edu = new Edu(device.bar(0), buffer);
const stopping = new AbortController();
const serving = edu.serve(device, stopping.signal);
console.log(`edu ${edu.revision} at ${pci.address} through ${driver}, ${edu.isAlive() ? 'alive' : 'dead'}`);
console.log(`12! = ${await edu.factorial(12)}`);

const message = new TextEncoder().encode('What the device was told, it tells again. '.repeat(90));
await edu.write(message);
const answer = await edu.read(message.length);
console.log(
  `${answer.length} bytes there and back: ${Buffer.compare(answer, message) === 0 ? 'equal' : 'different'}`,
);

stopping.abort();
await serving;
