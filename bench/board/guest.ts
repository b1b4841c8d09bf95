/* What runs on the board: see main.ts. */
import { setImmediate } from 'node:timers/promises';
import {
  type DmaBuffer,
  type MemoryMappedIO,
  PciDevice,
  PhysicalMemory,
  PinnedMemory,
  VfioDevice,
} from 'mmapio';
import * as edu from '../../test/support/edu.js';
import { countDescriptors, countMappings } from '../../test/support/resources.js';
import { compareRoundTrips } from './round-trips.js';

const [task = '', cProgram = ''] = process.argv.slice(2);

/** Raises the interrupt in each turn of the loop over it, and counts what comes. */
async function countInterrupts(name: string, device: PciDevice | VfioDevice, total: number): Promise<void> {
  const regs = device.bar(0);
  const source = device.interrupts();
  let turns = 0;
  let missed = 0;
  let last = 0;
  let next = source.next();
  const start = performance.now();
  for (let i = 1; i <= total; i++) {
    regs.writeWord(edu.INTERRUPT_RAISE, i);
    const { value } = await next;
    if (edu.acknowledge(regs) !== i) throw new Error(`interrupt ${i} is not the one that was raised`);
    turns++;
    missed += value?.missed ?? 0;
    last = value?.count ?? 0;
    next = source.next();
  }
  const seconds = (performance.now() - start) / 1000;
  const more = await device.waitIrq({ timeout: 100 });
  console.log(
    `${name}: ${turns} of ${total} interrupts came, ${missed} counted twice or missed, ` +
      `${more === null ? 'none' : 'some'} left over, last count ${last}, ${seconds.toFixed(0)} s`,
  );
}

async function interrupts(): Promise<void> {
  using pci = new PciDevice(edu.EDU);
  {
    using _taken = pci.takeOver('uio_pci_generic');
    await countInterrupts('uio_pci_generic', pci, 100_000);
  }
  if (pci.iommuGroup === null) return;
  using _taken = pci.takeOver('vfio-pci');
  using vfio = new VfioDevice(pci.address);
  await countInterrupts(`VFIO, ${vfio.interruptKind}`, vfio, 100_000);
}

interface Engine {
  device: VfioDevice;
  regs: MemoryMappedIO;
  buffer: DmaBuffer;
}

/** One transfer, awaited by its interrupt. */
async function transfer(
  engine: Engine,
  source: bigint,
  destination: bigint,
  length: number,
  command: number,
) {
  edu.startDma(engine.regs, source, destination, length, command | edu.DMA_INTERRUPT);
  await engine.device.waitIrq();
  edu.acknowledge(engine.regs);
}

/**
 * Moves memory to the devices and back, each piece through the next device that is free (edu takes a tenth of a second
 * for a piece, whatever its length), and compares.
 */
async function moveMemory(bytes: number): Promise<void> {
  const found = PciDevice.list().filter(
    (info) => info.vendor === edu.EDU.vendor && info.device === edu.EDU.device,
  );
  using stack = new DisposableStack();
  for (const { address } of found) stack.use(new PciDevice(address)).takeOver('vfio-pci');
  const engines = found.map(({ address }) => {
    const device = stack.use(new VfioDevice(address));
    device.irqOn();
    return { device, regs: device.bar(0), buffer: device.allocateDma(2 * 4096) };
  });
  let moved = 0;
  let different = 0;
  const start = performance.now();
  const work = async (engine: Engine, seed: number) => {
    const { address, bytes: memory } = engine.buffer;
    const there = new Uint32Array(memory.buffer, 0, edu.BUFFER_LENGTH / 4);
    const back = new Uint32Array(memory.buffer, 4096, edu.BUFFER_LENGTH / 4);
    for (let value = seed; moved < bytes; ) {
      moved += edu.BUFFER_LENGTH;
      for (let i = 0; i < there.length; i++) {
        value = (Math.imul(value, 1664525) + 1013904223) | 0;
        there[i] = value;
      }
      engine.buffer.syncForDevice();
      await transfer(engine, address, edu.BUFFER, edu.BUFFER_LENGTH, 0);
      await transfer(engine, edu.BUFFER, address + 4096n, edu.BUFFER_LENGTH, edu.DMA_TO_MEMORY);
      engine.buffer.syncForCpu();
      if (
        Buffer.compare(
          Buffer.from(there.buffer, 0, edu.BUFFER_LENGTH),
          Buffer.from(back.buffer, 4096, edu.BUFFER_LENGTH),
        )
      )
        different++;
    }
  };
  await Promise.all(engines.map(work));
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `DMA: ${(moved / 2 ** 20).toFixed(1)} MiB to ${engines.length} devices and back, ${different} pieces different, ` +
      `${seconds.toFixed(0)} s`,
  );
}

/** What the process holds, once garbage is collected and what hangs on it has been given back. */
async function holdings(): Promise<Record<string, number>> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const kilobytes = Math.round(process.memoryUsage.rss() / 1024);
  return { descriptors: countDescriptors(), mappings: countMappings(), 'KiB resident': kilobytes };
}

/** Opens and closes each kind of device a thousand times; what comes before is for the compilers. */
async function leaks(): Promise<void> {
  using pci = new PciDevice(edu.EDU);
  using taken = pci.takeOver('vfio-pci');
  const bar = pci.bars[0]?.address ?? 0n;
  const kinds: Record<string, () => void> = {
    PciDevice: () => {
      using device = new PciDevice(edu.EDU_ADDRESS);
      device.bar(0).readWord(edu.ID);
    },
    PhysicalMemory: () => {
      using memory = new PhysicalMemory(bar, 4096, { access: 'read' });
      memory.regs().readWord(edu.ID);
    },
    PinnedMemory: () => {
      using buffer = new PinnedMemory(4096);
      buffer.bytes[0] = 1;
    },
    VfioDevice: () => {
      using vfio = new VfioDevice(edu.EDU_ADDRESS);
      vfio.bar(0).readWord(edu.ID);
      vfio.allocateDma(4096).bytes[0] = 1;
      vfio.irqOn();
    },
    'PciDevice with interrupt': () => {
      using device = new PciDevice(edu.EDU_ADDRESS);
      device.irqOn();
    },
  };
  for (const [name, use] of Object.entries(kinds)) {
    if (name.endsWith('interrupt')) {
      taken.close();
      pci.takeOver('uio_pci_generic');
    }
    for (let i = 0; i < 500; i++) use();
    const before = await holdings();
    for (let i = 0; i < 1000; i++) use();
    const after = await holdings();
    const more = Object.entries(after).map(([what, count]) => `${count - (before[what] ?? 0)} ${what}`);
    console.log(`1,000 times ${name}: ${more.join(', ')} more`);
  }
  pci.unbind();
}

const tasks: Record<string, () => Promise<void> | void> = {
  'round-trips': () => compareRoundTrips(cProgram),
  interrupts,
  dma: () => moveMemory(64 * 2 ** 20),
  leaks,
};
await tasks[task]?.();
