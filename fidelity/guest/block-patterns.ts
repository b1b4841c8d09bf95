import type { Pattern, Plan } from './pattern.js';
import type { Say } from './statement.js';

/** Lengths of block transfers, besides all the registers there are. */
const LENGTHS = [0, 1, 2, 3, 5, 16];

/** Transfers of a whole array, and reading, changing and writing one register. */
export const blockPatterns: readonly Pattern[] = [
  {
    name: 'readBlock',
    run(io, { n, all, got }) {
      const first = all[0] ?? 0;
      for (let i = 0; i < n; i += all.length) io.readBlock(first, got.subarray(i, i + all.length));
    },
    says(say, { n, all, got }) {
      for (let i = 0; i < n; i += all.length) {
        all.forEach((offset, j) => {
          say.read(offset, got[i + j]);
        });
      }
    },
  },
  {
    name: 'writeBlock',
    run(io, { n, all, values }) {
      const first = all[0] ?? 0;
      for (let i = 0; i < n; i += all.length) {
        const start = i % 512;
        io.writeBlock(first, values.subarray(start, start + all.length));
      }
    },
    says(say, { n, all, values }) {
      for (let i = 0; i < n; i += all.length) {
        all.forEach((offset, j) => {
          say.write(offset, values[(i % 512) + j]);
        });
      }
    },
  },
  {
    name: 'readFifo',
    run(io, { n, a, got }) {
      io.readFifo(a, got.subarray(0, n));
      for (let length = 0; length < 6; length++) io.readFifo(a, got.subarray(n, n + length));
    },
    says(say, { n, a, got }) {
      for (let i = 0; i < n; i++) say.read(a, got[i]);
      // the later transfers overwrite what the earlier ones read, except for the last
      for (let i = 0; i < 0 + 1 + 2 + 3 + 4; i++) say.read(a);
      for (let i = 0; i < 5; i++) say.read(a, got[n + i]);
    },
  },
  {
    name: 'writeFifo',
    run(io, { n, a, values }) {
      for (let i = 0; i < n; i += 1024) io.writeFifo(a, values.subarray(0, Math.min(1024, n - i)));
      for (const length of [0, 1, 2, 3, 5, 16]) io.writeFifo(a, values.subarray(0, length));
    },
    says(say, { n, a, values }) {
      for (let i = 0; i < n; i++) say.write(a, values[i & 1023]);
      for (const length of LENGTHS) {
        for (let i = 0; i < length; i++) say.write(a, values[i]);
      }
    },
  },
  {
    name: 'modify',
    run(io, { n, a, b, mask, values, got }) {
      for (let i = 0; i < n; i++) {
        got[2 * i] = io.modifyWord(a, mask, (values[i & 1023] ?? 0) & mask);
        got[2 * i + 1] = io.modifyWord(b, mask, mask);
      }
    },
    says: sayModify,
  },
  {
    name: 'big-endian registers',
    run(io, { n, a, b, values, got }) {
      const swapped = io.slice(0, io.length, { byteOrder: 'big' });
      for (let i = 0; i < n; i++) {
        swapped.writeWord(a, values[i & 1023] ?? 0);
        got[i] = swapped.readWord(a);
        swapped.writeWord(b, values[i & 1023] ?? 0);
      }
    },
    says(say, { n, a, b, values, got }) {
      for (let i = 0; i < n; i++) {
        say.write(a, say.swapped(values[i & 1023]));
        say.read(a, say.swapped(got[i]));
        say.write(b, say.swapped(values[i & 1023]));
      }
    },
  },
];

function sayModify(say: Say, { n, a, b, values, got, ...plan }: Plan): void {
  const mask = BigInt(plan.mask);
  const change = (offset: number, before: number | undefined, value: bigint) => {
    say.read(offset, before);
    say.write(offset, (BigInt(before ?? 0) & ~mask) | (value & mask));
  };
  for (let i = 0; i < n; i++) {
    change(a, got[2 * i], BigInt(values[i & 1023] ?? 0));
    change(b, got[2 * i + 1], mask);
  }
}
