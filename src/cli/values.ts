/* Numbers as they are typed and shown. */
import { nameOf } from '../registers/codec.js';
import type { FieldLayout, RegisterLayout } from '../registers/layout.js';
import { UsageError } from './exit.js';

export type Width = 8 | 16 | 32 | 64;
export type Format = 'hex' | 'dec' | 'bin';

/** `12`, `0xc`, `0b1100`, with `_` anywhere between digits. */
export function parseNumber(text: string): bigint | undefined {
  const plain = text.replace(/(?<=[0-9a-f])_(?=[0-9a-f])/gi, '');
  return /^(\d+|0x[0-9a-f]+|0b[01]+)$/i.test(plain) ? BigInt(plain.toLowerCase()) : undefined;
}

export function requireNumber(text: string, what: string): bigint {
  const value = parseNumber(text);
  if (value !== undefined) return value;
  throw new UsageError(`${what} is '${text}': it takes a number such as 12, 0xc or 0b1100`);
}

export function formatValue(value: bigint, bits: number, format: Format = 'hex'): string {
  if (format === 'dec') return `${value}`;
  if (format === 'bin') return `0b${value.toString(2).padStart(bits, '0')}`;
  return `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

export const formatOffset = (offset: number): string => `0x${offset.toString(16).padStart(4, '0')}`;

export const bitsOf = (value: bigint, msb: number, lsb: number): bigint =>
  (value >> BigInt(lsb)) & ((1n << BigInt(msb - lsb + 1)) - 1n);

/** A field's content in a register's value. */
export interface ShownField {
  name: string;
  msb: number;
  lsb: number;
  value: bigint;
  width: number;
  /** The name that the register map has for the value. */
  meaning: string | undefined;
  readable: boolean;
}

export const bitRange = (msb: number, lsb: number): string => (msb === lsb ? `${lsb}` : `${msb}:${lsb}`);

export function fieldIn(field: FieldLayout, register: bigint): ShownField {
  const msb = field.lsb + field.width - 1;
  const value = bitsOf(register, msb, field.lsb);
  return {
    name: field.name,
    msb,
    lsb: field.lsb,
    value,
    width: field.width,
    meaning: field.enumerated ? nameOf(field, value) : undefined,
    readable: field.readable,
  };
}

export const fieldsIn = (layout: RegisterLayout, value: bigint): ShownField[] =>
  layout.fields.map((field) => fieldIn(field, value));

/** `RATE=TEN`, `COUNT=0x12`; single bits and small numbers in decimal. */
export function formatField(field: ShownField, format: Format = 'hex'): string {
  const number =
    format === 'hex' && field.value < 10n ? `${field.value}` : formatValue(field.value, field.width, format);
  return `${field.name}=${field.meaning ?? number}`;
}
