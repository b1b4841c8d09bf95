import type { HexString } from '../registers/description.js';

/** A number as descriptions write it, with the bits that do not matter. */
export interface Bits {
  value: bigint;
  dontCare: bigint;
}

const SCALES: Record<string, bigint> = { k: 1n << 10n, m: 1n << 20n, g: 1n << 30n, t: 1n << 40n };

const NUMBER = /^\+?(?:0[xX]([0-9a-fA-F_]+)|(?:0[bB]|#)([01xX_]+)|([0-9]+))([kmgtKMGT])?$/;

/**
 * Reads `0x1F`, `0X1f`, `31`, `031` (decimal: leading zeros mean nothing), `0b1x1`, `#1x1`, `4k`.
 * Undefined for anything else.
 */
export function parseBits(text: string): Bits | undefined {
  const match = NUMBER.exec(text.trim());
  if (match === null) return undefined;
  const [, hex, binary, decimal, scale] = match;
  const factor = scale === undefined ? 1n : (SCALES[scale.toLowerCase()] ?? 1n);
  if (binary !== undefined) {
    const digits = binary.replaceAll('_', '').toLowerCase();
    return {
      value: BigInt(`0b${digits.replaceAll('x', '0')}`) * factor,
      dontCare: BigInt(`0b${digits.replaceAll('1', '0').replaceAll('x', '1')}`) * factor,
    };
  }
  const digits = hex === undefined ? (decimal as string) : `0x${hex.replaceAll('_', '')}`;
  if (digits === '0x') return undefined;
  return { value: BigInt(digits) * factor, dontCare: 0n };
}

/** The same for a number that counts something: a safe integer without don't-care bits, or undefined. */
export function parseCount(text: string): number | undefined {
  const trimmed = text.trim();
  // Nearly every number in a description; the general form costs a bigint.
  if (/^(?:0[xX][0-9a-fA-F]{1,13}|[0-9]{1,15})$/.test(trimmed)) {
    return trimmed.charCodeAt(1) === 0x78 || trimmed.charCodeAt(1) === 0x58
      ? Number.parseInt(trimmed.slice(2), 16)
      : Number.parseInt(trimmed, 10);
  }
  const bits = parseBits(trimmed);
  if (bits === undefined || bits.dontCare !== 0n || bits.value > BigInt(Number.MAX_SAFE_INTEGER))
    return undefined;
  return Number(bits.value);
}

/** The form of values and addresses in descriptions. */
export const hexString = (value: bigint | number): HexString => `0x${value.toString(16).toUpperCase()}`;
