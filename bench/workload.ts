/* One workload of `npm run bench`: prints one JSON object of nanoseconds. */
import { MemoryMap, MemoryMappedIO } from 'mmapio';

export type Workload = 'window' | 'native' | 'mixed';

const ACCESSES = 10_000_000;
const BLOCK = 4096;
const BLOCKS = 5_000;
const CYCLES = 5_000;
const REPEATS = 3;

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

/** One loop over all regions in turn, as a program with many devices has. */
function reads(regions: readonly MemoryMappedIO[], count: number): void {
  let sum = 0;
  for (let done = 0; done < count; done += 64) {
    const region = regions[(done >>> 6) % regions.length] as MemoryMappedIO;
    for (let i = 0; i < 64; i++) sum ^= region.readWord(i * 4);
  }
  sink ^= sum;
}

function writes(regions: readonly MemoryMappedIO[], count: number): void {
  for (let done = 0; done < count; done += 64) {
    const region = regions[(done >>> 6) % regions.length] as MemoryMappedIO;
    for (let i = 0; i < 64; i++) region.writeWord(i * 4, done + i);
  }
}

const open = (engine: 'window' | 'native') => new MemoryMappedIO(MemoryMap.open(file, { engine }));
const times: Record<string, number> = {};

if (workload === 'mixed') {
  const window = [open('window'), open('window'), open('window'), open('window')];
  const others = [
    ...[open('native'), open('native')],
    ...[new ArrayBuffer(256), new Uint8Array(256), new DataView(new SharedArrayBuffer(256))].map(
      (buffer) => new MemoryMappedIO(buffer),
    ),
  ];
  // Everything is seen by the compiler first; then the window's share is timed.
  for (let round = 0; round < 5; round++) {
    reads([...window, ...others], ACCESSES / 20);
    writes([...window, ...others], ACCESSES / 20);
  }
  times.read = best(ACCESSES, () => reads(window, ACCESSES));
  times.write = best(ACCESSES, () => writes(window, ACCESSES));
} else {
  const region = open(workload);
  times.read = best(ACCESSES, () => reads([region], ACCESSES));
  times.write = best(ACCESSES, () => writes([region], ACCESSES));
  for (const transfer of ['readBlock', 'writeBlock', 'readFifo', 'writeFifo'] as const) {
    times[transfer] = best(BLOCK * BLOCKS, () => {
      for (let i = 0; i < BLOCKS; i++) region[transfer](0, memory);
    });
  }
  times.cycle = best(CYCLES, () => {
    for (let i = 0; i < CYCLES; i++) MemoryMap.open(file, { engine: workload, length: 4096 }).close();
  });
}

if (sink !== 0) throw new Error('The file was not all zeros');
console.log(JSON.stringify(times));
