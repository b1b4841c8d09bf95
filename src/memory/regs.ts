import { checkOptions } from '../check.js';
import type { MemoryMap } from './memory-map.js';
import { type ByteOrder, MemoryMappedIO } from './memory-mapped-io.js';

/** Which registers of a device's map, BAR or memory, and in what byte order. */
export interface RegsOptions {
  /** Bytes from the first one. Default 0. */
  offset?: number;
  /** Bytes. Default: the rest. */
  length?: number;
  /** Byte order of the registers. Default `'little'`. */
  byteOrder?: ByteOrder;
}

/** The names of {@link RegsOptions}. */
export const REGS_OPTIONS = ['offset', 'length', 'byteOrder'] as const;

export function regsOf(map: MemoryMap, options: RegsOptions): MemoryMappedIO {
  checkOptions<RegsOptions>(options, REGS_OPTIONS);
  const { offset = 0, length, byteOrder = 'little' } = options;
  return new MemoryMappedIO(map, offset, length, { byteOrder });
}
