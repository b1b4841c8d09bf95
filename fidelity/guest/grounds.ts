import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Engine, MemoryMap, MemoryMappedIO, Uio } from 'mmapio';
import type { Place, Width } from './statement.js';

/** A device whose registers can be read and written at will. */
export interface Ground extends Place {
  io: MemoryMappedIO;
  /** Offset of the first register that may be accessed. */
  offset: number;
  length: number;
  /** How many of them, where it is not all that fit into the length. */
  registers?: number;
  /** Widths that the device has. */
  widths: readonly Width[];
  /** Writes here before each pattern, to have something to read from a FIFO. */
  prepare?: () => void;
}

type Open = (engine: Engine) => Ground;

/** The controller memory buffer of the NVMe controller: keeps what is written, with any width. */
const CMB = { id: '0x1b36 0x0010', bar: 2 };
const CMB_LENGTH = 0x100000;

export const grounds: Readonly<Record<string, Open>> = {
  cmb: (engine) => ({ ...openBar(CMB.id, CMB.bar, engine), offset: 0, length: 0x400, widths: [1, 2, 4, 8] }),
  // the DMA unit's source, destination and count; what starts a transfer is behind them
  edu: (engine) => ({ ...openBar('0x1234 0x11e8', 0, engine), offset: 0x80, length: 0x18, widths: [4, 8] }),
  // block size, block count and argument: registers of 16 and 32 bits
  sdhci: (engine) => ({ ...openBar('0x1b36 0x0007', 0, engine), offset: 4, length: 8, widths: [1, 2, 4] }),
  // the data of lines that are all inputs
  gpio: (engine) => ({ ...openUio('gpio@9030000', engine), offset: 0, length: 0x400, widths: [1, 2, 4] }),
  'fw-cfg': (engine) => {
    const ground = openUio('fw-cfg@9020000', engine);
    // the kernel's command line: something to read
    const prepare = () => ground.io.writeHalf(8, 0x1500);
    const facts = { offset: 0, length: 8, registers: 1, bigEndian: true };
    return { ...ground, ...facts, widths: [1, 2, 4, 8], prepare };
  },
};

/** The region through which marks are set, always by the native engine. */
export function openMarks(): (mark: number) => void {
  const { io } = openBar(CMB.id, CMB.bar, 'native');
  return (mark) => io.writeWord(CMB_LENGTH - 4, mark);
}

interface Opened extends Place {
  io: MemoryMappedIO;
}

/** A memory BAR of the PCI device with these ids, through its sysfs resource file. */
function openBar(id: string, bar: number, engine: Engine): Opened {
  const { path, physical, length } = findBar(id, bar);
  const map = MemoryMap.open(path, { length, engine });
  return { io: new MemoryMappedIO(map), physical, bigEndian: false };
}

export function findBar(id: string, bar: number): { path: string; physical: number; length: number } {
  const folder = pciFolder(id);
  const [start, end] = (readFileSync(`${folder}/resource`, 'utf8').split('\n')[bar] ?? '')
    .split(' ')
    .map(Number);
  if (start === undefined || end === undefined) throw new Error(`${id} has no BAR ${bar}`);
  // memory decode, which no driver has switched on
  writeFileSync(`${folder}/enable`, '1');
  return { path: `${folder}/resource${bar}`, physical: start, length: end - start + 1 };
}

function pciFolder(id: string): string {
  const root = '/sys/bus/pci/devices';
  const found = readdirSync(root).find((name) => {
    const word = (attribute: string) => readFileSync(`${root}/${name}/${attribute}`, 'utf8').trim();
    return `${word('vendor')} ${word('device')}` === id;
  });
  if (found === undefined) throw new Error(`There is no PCI device ${id}`);
  return `${root}/${found}`;
}

function openUio(name: string, engine: Engine): Opened {
  const uio = new Uio(name, { engine });
  const [map] = uio.maps;
  if (map === undefined) throw new Error(`${name} has no map`);
  return { io: uio.regs(), physical: Number(map.addr) + map.offset, bigEndian: false };
}
