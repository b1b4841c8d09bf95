/*
 * What a typed array really is. Its own properties may say anything (`BYTES_PER_ELEMENT` can be defined anew), and
 * `instanceof` knows no array of another realm; the getters of the prototype ask the array itself.
 */

import { invalidArgument, show } from '../check.js';
import type { TypedArray } from '../native/binding.js';

const prototype = Object.getPrototypeOf(Uint8Array.prototype);

function getter<T>(name: string | symbol): (array: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as () => T;
  return Function.prototype.call.bind(get) as unknown as (array: unknown) => T;
}

const kindOf = getter<string | undefined>(Symbol.toStringTag);

export const byteLengthOf = getter<number>('byteLength');

const WIDTHS: Readonly<Record<string, number>> = {
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  Int8Array: 1,
  Uint16Array: 2,
  Int16Array: 2,
  Uint32Array: 4,
  Int32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigUint64Array: 8,
  BigInt64Array: 8,
} satisfies Record<TypedArray[typeof Symbol.toStringTag], number>;

/** Bytes of an element, the width of the accesses of a transfer. */
export function elementWidth(array: TypedArray): number {
  const width = WIDTHS[kindOf(array) ?? ''];
  if (width !== undefined) return width;
  throw invalidArgument(
    `array is ${show(array)}: it takes a typed array of integers or floats of 8 to 64 bits, whose element width is the access width`,
  );
}
