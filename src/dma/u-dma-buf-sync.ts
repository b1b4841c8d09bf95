/*
 * The 64 bits that u-dma-buf takes in one write for a range of its buffer (section "Manual cache management with the CPU cache
 * still being enabled" of its README): offset in bits 63 to 32, size in 31 to 4, direction in 3 and 2, and bit 0 set.
 */
import { MmapioError } from '../errors.js';
import { hex } from '../memory/check.js';
import type { DmaDirection } from './dma-buffer.js';
import type { SyncRange } from './mapped-buffer.js';

const DIRECTIONS: Record<DmaDirection, bigint> = { both: 0n, 'to-device': 1n, 'from-device': 2n };

/** The size has no bits 3 to 0. */
const GRANULE = 16;

/** The first offset that 32 bits do not hold. */
const LIMIT = 2 ** 32;

/** The most that one command is given: below 4 GiB, and of whole pages of every size, so that no cache line is in two. */
const MOST = LIMIT - 2 ** 16;

/**
 * The commands for a range; none for an empty one. All are known before the first is written.
 *
 * @throws {MmapioError} `ERR_UNSUPPORTED` when part of the range is beyond what an offset of 32 bits reaches
 */
export function syncCommands({ offset, length, direction }: SyncRange): bigint[] {
  if (length === 0) return [];
  const start = offset - (offset % GRANULE);
  const size = Math.ceil((offset + length - start) / GRANULE) * GRANULE;
  const count = Math.ceil(size / MOST);
  if (start + (count - 1) * MOST >= LIMIT) {
    throw new MmapioError(
      'ERR_UNSUPPORTED',
      `${hex(length)} bytes at offset ${hex(offset)} cannot be synchronised: u-dma-buf takes ranges from offsets below ` +
        `${hex(LIMIT)}. Use several buffers, or one that needs no synchronisation`,
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const [first, bytes] = [start + i * MOST, Math.min(MOST, size - i * MOST)];
    return (BigInt(first) << 32n) | BigInt(bytes) | (DIRECTIONS[direction] << 2n) | 1n;
  });
}
