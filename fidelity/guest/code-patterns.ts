import { type Pattern, writeThenRead } from './pattern.js';

/** The shapes of code that accesses stand in, and what happens around them. */
export const codePatterns: readonly Pattern[] = [
  {
    name: 'through slices',
    run(io, { n, a, b, width, values, got }) {
      const kept = io.slice(b, width);
      for (let i = 0; i < n; i++) {
        kept.writeWord(0, values[i & 1023] ?? 0);
        got[i] = io.slice(a, width).readWord(0);
      }
    },
    says: writeThenRead('b'),
  },
  {
    name: 'in closures',
    run(io, { n, a, b, values, got }) {
      const status = () => io.readWord(a);
      const control = (value: number) => io.writeWord(b, value);
      const both = (value: number) => {
        control(value);
        return status();
      };
      for (let i = 0; i < n; i++) got[i] = both(values[i & 1023] ?? 0);
    },
    says: writeThenRead('b'),
  },
  {
    name: 'in methods of a class',
    run(io, { n, a, b, values, got }) {
      class Timer {
        get status() {
          return io.readWord(a);
        }
        set control(value: number) {
          io.writeWord(b, value);
        }
        restart(value: number) {
          this.control = value;
          this.control = value;
          return this.status;
        }
      }
      const timer = new Timer();
      for (let i = 0; i < n; i++) got[i] = timer.restart(values[i & 1023] ?? 0);
    },
    says(say, { n, a, b, values, got }) {
      for (let i = 0; i < n; i++) {
        say.write(b, values[i & 1023]);
        say.write(b, values[i & 1023]);
        say.read(a, got[i]);
      }
    },
  },
  {
    name: 'in a generator',
    run(io, { n, a, got }) {
      function* samples() {
        for (let i = 0; i < n; i++) yield io.readWord(a);
      }
      let i = 0;
      for (const sample of samples()) got[i++] = sample;
    },
    says(say, { n, a, got }) {
      for (let i = 0; i < n; i++) say.read(a, got[i]);
    },
  },
  {
    name: 'at call sites that see many classes',
    run(io, { n, a, memory, values, got }) {
      const stand = (tag: string) =>
        new (class {
          [tag] = 1;
          readWord() {
            return values[0] ?? 0;
          }
          writeWord() {}
        })();
      const regions = [
        io,
        memory,
        io.slice(0),
        stand('one'),
        stand('two'),
        stand('three'),
        stand('four'),
        stand('five'),
      ];
      for (let i = 0; i < n; i++) {
        const region = regions[i & 7];
        region?.writeWord(a, values[i & 1023] ?? 0);
        got[i] = region?.readWord(a) ?? 0;
      }
    },
    says(say, { n, a, values, got }) {
      for (let i = 0; i < n; i++) {
        if ((i & 7) !== 0 && (i & 7) !== 2) continue;
        say.write(a, values[i & 1023]);
        say.read(a, got[i]);
      }
    },
  },
  {
    name: 'in try, catch and finally',
    run(io, { n, a, b, c, values }) {
      for (let i = 0; i < n; i++) {
        try {
          io.readWord(a);
          if ((i & 3) === 0) throw io;
          io.readWord(b);
        } catch {
          io.writeWord(a, values[i & 1023] ?? 0);
        } finally {
          io.readWord(c);
        }
      }
    },
    says(say, { n, a, b, c, values }) {
      for (let i = 0; i < n; i++) {
        say.read(a);
        if ((i & 3) === 0) say.write(a, values[i & 1023]);
        else say.read(b);
        say.read(c);
      }
    },
  },
  {
    name: 'between accesses that are refused',
    slow: true,
    run(io, { n, a, width, values, got }) {
      let refused = 0;
      for (let i = 0; i < n; i++) {
        io.writeWord(a, values[i & 1023] ?? 0);
        if ((i & 15) === 0) {
          const wrong = [() => io.readWord(io.length), () => io.writeWord(-width, values[0] ?? 0)];
          if (width > 1) wrong.push(() => io.readWord(a + 1));
          wrong.push(
            () => io.writeWord(a, -1),
            () => io.writeWord(a, 0.5),
            () => io.writeWord(a, 2 ** 64),
          );
          for (const attempt of wrong) {
            try {
              attempt();
            } catch {
              refused++;
            }
          }
          if (refused !== wrong.length) throw new Error('a wrong access was not refused');
          refused = 0;
        }
        got[i] = io.readWord(a);
      }
    },
    says: writeThenRead('a'),
  },
  {
    name: 'after optimised code was thrown away',
    run(io, { n, a, b, all, memory, values, got }) {
      const access = (region: typeof io, offset: number, value: number) => {
        region.writeWord(offset, value);
        return region.readWord(offset);
      };
      for (let i = 0; i < n; i++) {
        // from time to time another kind of number, another object, an error
        const rare = i % 97;
        if (rare === 0) access(memory, 0, values[0] ?? 0);
        if (rare === 1) {
          try {
            access(io, Number.NaN, values[0] ?? 0);
          } catch {
            // nothing was accessed
          }
        }
        const offset = rare === 2 ? -0 + Math.sqrt((all.at(-1) ?? 0) ** 2) : i & 1 ? a : b;
        got[i] = access(io, offset, values[i & 1023] ?? 0);
      }
    },
    says(say, { n, a, b, all, values, got }) {
      for (let i = 0; i < n; i++) {
        const offset = i % 97 === 2 ? (all.at(-1) ?? 0) : i & 1 ? a : b;
        say.write(offset, values[i & 1023]);
        say.read(offset, got[i]);
      }
    },
  },
  {
    name: 'across garbage collections',
    slow: true,
    run(io, { n, a, values, got }) {
      const { gc } = globalThis as { gc?: () => void };
      let garbage: unknown[] = [];
      for (let i = 0; i < n; i++) {
        if ((i & 255) === 255) gc?.();
        garbage.push({ i, text: `${i}` }, new Uint8Array(i & 1023));
        if (garbage.length > 512) garbage = [];
        io.writeWord(a, values[i & 1023] ?? 0);
        got[i] = io.readWord(a);
      }
    },
    says: writeThenRead('a'),
  },
  {
    name: 'around barriers',
    run(io, { n, a, values }) {
      for (let i = 0; i < n; i++) {
        io.writeWord(a, values[i & 1023] ?? 0);
        io.barrier();
        io.readWord(a);
      }
    },
    says(say, { n, a, values }) {
      for (let i = 0; i < n; i++) {
        say.write(a, values[i & 1023]);
        say.read(a);
      }
    },
  },
];
