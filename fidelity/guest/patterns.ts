import { blockPatterns } from './block-patterns.js';
import { codePatterns } from './code-patterns.js';
import { type Pattern, writeThenRead } from './pattern.js';

/** Straight and looping uses of one or a few registers, which naive code loses accesses in. */
const accessPatterns: readonly Pattern[] = [
  {
    name: 'a read whose value is used',
    run(io, { n, a, got }) {
      for (let i = 0; i < n; i++) got[i] = io.readWord(a);
    },
    says(say, { n, a, got }) {
      for (let i = 0; i < n; i++) say.read(a, got[i]);
    },
  },
  {
    name: 'a read whose value is not used',
    run(io, { n, a }) {
      for (let i = 0; i < n; i++) io.readWord(a);
    },
    says(say, { n, a }) {
      for (let i = 0; i < n; i++) say.read(a);
    },
  },
  {
    name: 'the same register twice in one expression',
    run(io, { n, a, got }) {
      for (let i = 0; i < n; i++) got[i] = io.readWord(a) + io.readWord(a);
    },
    says(say, { n, a }) {
      for (let i = 0; i < 2 * n; i++) say.read(a);
    },
  },
  {
    name: 'the same register compared with itself',
    run(io, { n, a, got, values }) {
      for (let i = 0; i < n; i++) {
        // biome-ignore lint/suspicious/noSelfCompare: two reads
        if (io.readWord(a) !== io.readWord(a)) got[0] = values[0] ?? 0;
      }
    },
    says(say, { n, a }) {
      for (let i = 0; i < 2 * n; i++) say.read(a);
    },
  },
  {
    name: 'a read that does not depend on the loop',
    run(io, { n, a, got, values }) {
      let sum = values[0] ?? 0;
      for (let i = 0; i < n; i++) sum ^= io.readWord(a);
      got[0] = sum;
    },
    says(say, { n, a }) {
      for (let i = 0; i < n; i++) say.read(a);
    },
  },
  {
    name: 'polling for a value',
    run(io, { n, a, never }) {
      let left = n;
      while (io.readWord(a) !== never && --left > 0);
    },
    says(say, { n, a }) {
      for (let i = 0; i < n; i++) say.read(a);
    },
  },
  {
    name: 'polling for one of two registers',
    run(io, { n, a, b, never }) {
      let left = n;
      while (io.readWord(a) !== never && io.readWord(b) !== never && --left > 0);
    },
    says(say, { n, a, b }) {
      for (let i = 0; i < n; i++) {
        say.read(a);
        say.read(b);
      }
    },
  },
  {
    name: 'different writes to one register',
    run(io, { n, a, values }) {
      for (let i = 0; i < n; i++) io.writeWord(a, values[i & 1023] ?? 0);
    },
    says(say, { n, a, values }) {
      for (let i = 0; i < n; i++) say.write(a, values[i & 1023]);
    },
  },
  {
    name: 'equal writes to one register',
    run(io, { n, a, values }) {
      const value = values[7] ?? 0;
      for (let i = 0; i < n; i++) {
        io.writeWord(a, value);
        io.writeWord(a, value);
      }
    },
    says(say, { n, a, values }) {
      for (let i = 0; i < 2 * n; i++) say.write(a, values[7]);
    },
  },
  {
    name: 'a write, then another one over it',
    run(io, { n, a, values }) {
      for (let i = 0; i < n; i++) {
        io.writeWord(a, values[i & 1023] ?? 0);
        io.writeWord(a, values[(i + 1) & 1023] ?? 0);
        io.writeWord(a, values[(i + 2) & 1023] ?? 0);
      }
    },
    says(say, { n, a, values }) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < 3; j++) say.write(a, values[(i + j) & 1023]);
      }
    },
  },
  {
    name: 'a write, then a read of the same register',
    run(io, { n, a, values, got }) {
      for (let i = 0; i < n; i++) {
        io.writeWord(a, values[i & 1023] ?? 0);
        got[i] = io.readWord(a);
      }
    },
    says: writeThenRead('a'),
  },
  {
    name: 'a read, then the same value written back',
    run(io, { n, a }) {
      for (let i = 0; i < n; i++) io.writeWord(a, io.readWord(a));
    },
    says(say, { n, a }) {
      for (let i = 0; i < n; i++) {
        say.read(a);
        say.writeUnknown(a);
      }
    },
  },
  {
    name: 'reads of adjacent registers',
    run(io, { n, a, b, c, d, got }) {
      for (let i = 0; i < n; i++) {
        got[4 * i] = io.readWord(a);
        got[4 * i + 1] = io.readWord(b);
        got[4 * i + 2] = io.readWord(c);
        got[4 * i + 3] = io.readWord(d);
      }
    },
    says(say, { n, a, b, c, d, got }) {
      for (let i = 0; i < n; i++) {
        [a, b, c, d].forEach((offset, j) => {
          say.read(offset, got[4 * i + j]);
        });
      }
    },
  },
  {
    name: 'writes to adjacent registers',
    run(io, { n, a, b, c, d, values }) {
      for (let i = 0; i < n; i++) {
        io.writeWord(a, values[i & 1023] ?? 0);
        io.writeWord(b, values[i & 1023] ?? 0);
        io.writeWord(c, values[1] ?? 0);
        io.writeWord(d, values[1] ?? 0);
      }
    },
    says(say, { n, a, b, c, d, values }) {
      for (let i = 0; i < n; i++) {
        say.write(a, values[i & 1023]);
        say.write(b, values[i & 1023]);
        say.write(c, values[1]);
        say.write(d, values[1]);
      }
    },
  },
  {
    name: 'registers of different addresses in descending order',
    run(io, { n, a, b, c, values }) {
      for (let i = 0; i < n; i++) {
        io.readWord(c);
        io.writeWord(b, values[i & 1023] ?? 0);
        io.readWord(a);
      }
    },
    says(say, { n, a, b, c, values }) {
      for (let i = 0; i < n; i++) {
        say.read(c);
        say.write(b, values[i & 1023]);
        say.read(a);
      }
    },
  },
  {
    name: 'every legal alignment',
    run(io, { n, all, values, got }) {
      for (let i = 0; i < n; i++) {
        const offset = all[i % all.length] ?? 0;
        io.writeWord(offset, values[i & 1023] ?? 0);
        got[i] = io.readWord(offset);
      }
    },
    says(say, { n, all, values, got }) {
      for (let i = 0; i < n; i++) {
        const offset = all[i % all.length] ?? 0;
        say.write(offset, values[i & 1023]);
        say.read(offset, got[i]);
      }
    },
  },
  {
    name: 'single bits of what is read',
    run(io, { n, a, values, got }) {
      let set = 0;
      for (let i = 0; i < n; i++) {
        if ((Number(io.readWord(a)) & 1) !== 0) set++;
        if ((Number(io.readWord(a)) & 0xff00) !== 0) set++;
        if (Number(io.readWord(a)) >>> 16 !== 0) set++;
      }
      got[0] = values[set & 1023] ?? 0;
    },
    says(say, { n, a }) {
      for (let i = 0; i < 3 * n; i++) say.read(a);
    },
  },
  {
    name: 'one half of what is read',
    run(io, { n, a, b, values, got }) {
      let bits = 0n;
      for (let i = 0; i < n; i++) {
        bits ^= BigInt.asUintN(32, BigInt(io.readWord(a)));
        bits ^= BigInt.asUintN(32, BigInt(io.readWord(b)) >> 32n);
      }
      got[0] = values[Number(bits & 1023n)] ?? 0;
    },
    says(say, { n, a, b }) {
      for (let i = 0; i < n; i++) {
        say.read(a);
        say.read(b);
      }
    },
  },
  {
    name: 'a read decided by the one before',
    run(io, { n, a, b, c, never }) {
      for (let i = 0; i < n; i++) io.readWord(a) === never ? io.readWord(b) : io.readWord(c);
    },
    says(say, { n, a, c }) {
      for (let i = 0; i < n; i++) {
        say.read(a);
        say.read(c);
      }
    },
  },
];

/** All patterns that exist for each width. */
export const patterns: readonly Pattern[] = [...accessPatterns, ...codePatterns, ...blockPatterns];
