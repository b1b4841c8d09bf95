/* Checks of arguments that several classes share. */
import { inspect } from 'node:util';
import { MmapioError } from './errors.js';

export function hex(value: number | bigint): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** How a message shows a value that a user passed. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${hex(value)}n`;
  // Above 2^64 nothing is an address, and 1e300 says more than its 250 digits.
  const whole = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 64;
  // Of an object its kind: what it holds may be long, or a device's memory.
  return whole ? hex(value) : inspect(value, { depth: -1 });
}

export function invalidArgument(message: string): MmapioError {
  return new MmapioError('ERR_INVALID_ARGUMENT', message);
}

/** An offset or length in bytes, neither negative nor fractional. */
export function checkByteCount(name: string, value: unknown): number {
  if (typeof value !== 'number')
    throw invalidArgument(`${name} is ${show(value)}: it takes a number of bytes`);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new MmapioError(
    'ERR_OUT_OF_RANGE',
    `${name} is ${show(value)}: it takes a whole number of bytes, 0 or more`,
  );
}

/** An address, as a bigint. Above 2⁵³ no machine has any, and mmap(2) is given it as a number. */
export function checkAddress(value: unknown): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint')
    throw invalidArgument(`address is ${show(value)}: it takes a number or a bigint`);
  if (value >= 0 && Number.isSafeInteger(Number(value))) return BigInt(value);
  throw new MmapioError('ERR_OUT_OF_RANGE', `address is ${show(value)}: it takes 0 to 2^53 - 1`);
}

/** One of the names that an option takes. */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw invalidArgument(`${name} is ${show(value)}: it takes ${choices.join(' or ')}`);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`${name} is ${show(value)}: it takes true or false`);
}

/** Refuses what is no object of options, and a name that is none of them: it is mistyped. */
export function checkOptions<T extends object>(options: T, names: readonly (keyof T & string)[]): void {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument(`options is ${show(options)}: it takes an object of ${names.join(', ')}`);
  for (const name of Object.keys(options)) {
    if (!(names as readonly string[]).includes(name))
      throw invalidArgument(`There is no option ${name}: there are ${names.join(', ')}`);
  }
}

/** The longest delay of a JavaScript timer. */
export const LONGEST_DELAY = 0x7fffffff;

export function checkMilliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw invalidArgument(`${name} is ${show(value)}: it takes milliseconds, 0 or more`);
}

export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw invalidArgument(
    `signal is ${show(signal)}: it takes an AbortSignal, such as the signal of an AbortController`,
  );
}
