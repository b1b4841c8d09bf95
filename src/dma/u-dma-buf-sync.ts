/*
 * The 64 bits that u-dma-buf takes in one write for a range of its buffer (`udmabuf_sync_command_argments` of its source
 * u-dma-buf.c): offset in bits 63 to 32, size in 31 to 4, direction in 3 and 2, and bit 0 set.
 */

import { hex } from '../check.js';
import { MmapioError } from '../errors.js';
import type { DmaDirection } from './dma-buffer.js';
import type { SyncRange } from './mapped-buffer.js';

const DIRECTIONS: Record<DmaDirection, bigint> = { both: 0n, 'to-device': 1n, 'from-device': 2n };

/** The size has no bits 3 to 0. */
const GRANULE = 16;

/** The first offset, or size, that 32 bits do not hold. */
const LIMIT = 2 ** 32;

/** Where a range that is too long for one command is split: between pages of any size, so that no cache line is in both. */
const SPLIT = LIMIT - 2 ** 16;

/**
 * The commands for a range: none for an empty one, two for one of 4 GiB and more. All are known before the first is written.
 *
 * @throws {MmapioError} `ERR_UNSUPPORTED` when offsets and sizes of 32 bits do not cover the range
 */
export function syncCommands({ offset, length, direction }: SyncRange): bigint[] {
  if (length === 0) return [];
  const start = Math.floor(offset / GRANULE) * GRANULE;
  const end = Math.ceil((offset + length) / GRANULE) * GRANULE;
  const bounds = end - start < LIMIT || start >= SPLIT ? [start, end] : [start, SPLIT, end];
  return bounds.slice(1).map((next, i) => {
    const first = bounds[i] ?? 0;
    if (first >= LIMIT || next - first >= LIMIT) throw tooFar(offset, length);
    return (BigInt(first) << 32n) | BigInt(next - first) | (DIRECTIONS[direction] << 2n) | 1n;
  });
}

function tooFar(offset: number, length: number): MmapioError {
  return new MmapioError(
    'ERR_UNSUPPORTED',
    `${hex(length)} bytes at offset ${hex(offset)} cannot be synchronised: u-dma-buf takes ranges from offsets below ` +
      `${hex(LIMIT)}. Use several buffers, or one that needs no synchronisation`,
  );
}
