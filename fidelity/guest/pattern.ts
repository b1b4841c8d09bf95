import type { MemoryMappedIO } from 'mmapio';
import type { Say, Width } from './statement.js';

/**
 * What a pattern works with. Types are those of 32-bit accesses; for 64-bit ones values are bigints and the arrays are
 * BigUint64Arrays.
 */
export interface Plan {
  /** How often the pattern repeats. */
  n: number;
  /** Offsets of registers next to each other; fewer than four where the device has fewer. */
  a: number;
  b: number;
  c: number;
  d: number;
  width: Width;
  /** Offsets of all the registers of this width, up to 64. */
  all: readonly number[];
  /** 1024 values to write. */
  values: Uint32Array;
  /** Room for what is read. */
  got: Uint32Array;
  /** Bits to modify; not the highest one, so that no operator makes a number negative. */
  mask: number;
  /** A value that the registers do not hold. */
  never: number;
  /** A region over ordinary memory. */
  memory: MemoryMappedIO;
}

/**
 * One way to use registers. `run` performs accesses and does nothing else with the outside; `says` tells, afterwards,
 * which accesses they were. `run` is compiled anew for each width, with `Word` in its text replaced, so that each copy is
 * optimised for itself; it can therefore use only its arguments.
 */
export interface Pattern {
  name: string;
  /** A repetition takes long, for something other than its accesses. */
  slow?: boolean;
  run(io: MemoryMappedIO, plan: Plan): void;
  says(say: Say, plan: Plan): void;
}

/** What the methods of a width are called. */
const WIDTH_NAMES: Readonly<Record<Width, string>> = { 1: 'Byte', 2: 'Half', 4: 'Word', 8: 'Quad' };
const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/** A copy of a pattern's `run` for one width. */
export function compile(pattern: Pattern, width: Width): Pattern['run'] {
  const text = pattern.run.toString().replaceAll('Word', WIDTH_NAMES[width]);
  return new Function(`return { ${text} }.run;`)() as Pattern['run'];
}

/** An array of one width's elements, treated as one of words. */
export function arrayOf(width: Width, length: number): Uint32Array {
  return new ARRAYS[width](length) as unknown as Uint32Array;
}

/** A value of a width, from a number. */
export function valueFrom(width: Width, value: number): number {
  return (width === 8 ? BigInt(value) : value) as number;
}

/** Says n times a write of `written`, with the next of the values, and then a read of register a that was looked at. */
export function writeThenRead(written: 'a' | 'b'): Pattern['says'] {
  return (say, plan) => {
    const { n, a, values, got } = plan;
    for (let i = 0; i < n; i++) {
      say.write(plan[written], values[i & 1023]);
      say.read(a, got[i]);
    }
  };
}
