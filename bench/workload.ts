/* One workload of `npm run bench`: prints one JSON object of nanoseconds. */
import { MemoryMap, MemoryMappedIO } from 'mmapio';

export type Workload = 'window' | 'native' | 'mixed';

const ACCESSES = 1_000_000;
const BLOCK = 4096;
const BLOCKS = 500;
const CYCLES = 300;
const REPEATS = 20;

const [workload, file] = process.argv.slice(2) as [Workload, string];
const memory = new Uint32Array(BLOCK);
let sink = 0;

function best(count: number, work: () => void): number {
  const times = Array.from({ length: REPEATS }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start);
  });
  return Math.min(...times) / count;
}

const open = (engine: 'window' | 'native') => new MemoryMappedIO(MemoryMap.open(file, { engine }));

/** The region of a program with one device: a constant of the module, as it is one of the file in C. */
const single = open(workload === 'native' ? 'native' : 'window');

function reads(): void {
  let bits = 0;
  for (let i = 0; i < ACCESSES; i++) bits ^= single.readWord((i & 63) * 4);
  sink ^= bits;
}

function writes(): void {
  for (let i = 0; i < ACCESSES; i++) single.writeWord((i & 63) * 4, i);
}

/** Regions in turn, as in a program with many devices; their number is a power of two, so that no division is timed. */
function mixedReads(regions: readonly MemoryMappedIO[], count: number): void {
  const last = regions.length - 1;
  let bits = 0;
  for (let i = 0; i < count; i++) bits ^= (regions[i & last] as MemoryMappedIO).readWord((i & 63) * 4);
  sink ^= bits;
}

function mixedWrites(regions: readonly MemoryMappedIO[], count: number): void {
  const last = regions.length - 1;
  for (let i = 0; i < count; i++) (regions[i & last] as MemoryMappedIO).writeWord((i & 63) * 4, i);
}

const times: Record<string, number> = {};

if (workload === 'mixed') {
  const window = [open('window'), open('window'), open('window'), open('window')];
  const others = [
    open('native'),
    ...[new ArrayBuffer(256), new Uint8Array(256), new DataView(new SharedArrayBuffer(256))].map(
      (buffer) => new MemoryMappedIO(buffer),
    ),
  ];
  // Everything is seen by the compiler first; then the window's share is timed.
  for (let round = 0; round < 5; round++) {
    mixedReads([...window, ...others], ACCESSES / 2);
    mixedWrites([...window, ...others], ACCESSES / 2);
  }
  times.read = best(ACCESSES, () => mixedReads(window, ACCESSES));
  times.write = best(ACCESSES, () => mixedWrites(window, ACCESSES));
} else {
  times.read = best(ACCESSES, reads);
  times.write = best(ACCESSES, writes);
  for (const transfer of ['readBlock', 'writeBlock', 'readFifo', 'writeFifo'] as const) {
    times[transfer] = best(BLOCK * BLOCKS, () => {
      for (let i = 0; i < BLOCKS; i++) single[transfer](0, memory);
    });
  }
  times.cycle = best(CYCLES, () => {
    for (let i = 0; i < CYCLES; i++) MemoryMap.open(file, { engine: workload, length: 4096 }).close();
  });
}

// The values that were read are used, so that no compiler may leave the reads out.
if (sink === 0.5) throw new Error('Not an integer');
console.log(JSON.stringify(times));
