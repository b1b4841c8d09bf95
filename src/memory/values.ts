/* Checks of the values that are written. */

import { show } from '../check.js';
import { MmapioError } from '../errors.js';

export function checkValue(value: number, bits: 8 | 16 | 32, name = 'value'): void {
  if (typeof value !== 'number' || value >>> 0 !== value || (bits < 32 && value >>> bits !== 0)) {
    throw invalidValue(name, value, bits);
  }
}

export function checkQuad(value: bigint, name = 'value'): void {
  if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) throw invalidValue(name, value, 64);
}

export function checkMasked(mask: number, value: number, bits: 8 | 16 | 32): void {
  checkValue(mask, bits, 'mask');
  checkValue(value, bits);
  if ((value & ~mask) !== 0) throw outsideMask(mask, value);
}

export function checkMaskedQuad(mask: bigint, value: bigint): void {
  checkQuad(mask, 'mask');
  checkQuad(value);
  if ((value & ~mask) !== 0n) throw outsideMask(mask, value);
}

function invalidValue(name: string, value: unknown, bits: number): MmapioError {
  const kind = bits === 64 ? 'a bigint' : 'a whole number';
  return new MmapioError(
    'ERR_INVALID_VALUE',
    `${name} is ${show(value)}: it takes ${kind} of ${bits} bits, unsigned`,
  );
}

function outsideMask(mask: number | bigint, value: number | bigint): MmapioError {
  return new MmapioError('ERR_INVALID_VALUE', `value ${show(value)} has bits outside the mask ${show(mask)}`);
}
