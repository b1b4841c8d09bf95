/*
 * The 64 bits that u-dma-buf takes in one write for a range of its buffer (`udmabuf_sync_command_argments` of its source
 * u-dma-buf.c): offset in bits 63 to 32, size in 31 to 4, direction in 3 and 2, and bit 0 set.
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

/** Ranges are split between pages, of whatever size they are, so that no cache line is in two commands. */
const PAGE = 2 ** 16;

/**
 * The commands for a range; none for an empty one. All are known before the first is written.
 *
 * @throws {MmapioError} `ERR_UNSUPPORTED` when part of the range is beyond what an offset of 32 bits reaches
 */
export function syncCommands({ offset, length, direction }: SyncRange): bigint[] {
  const commands: bigint[] = [];
  const end = length === 0 ? offset : roundUp(offset + length, GRANULE);
  for (let first = roundDown(offset, GRANULE), next = first; first < end; first = next) {
    if (first >= LIMIT) throw tooFar(offset, length);
    next = Math.min(end, roundDown(first + LIMIT - PAGE, PAGE));
    commands.push((BigInt(first) << 32n) | BigInt(next - first) | (DIRECTIONS[direction] << 2n) | 1n);
  }
  return commands;
}

function roundDown(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function tooFar(offset: number, length: number): MmapioError {
  return new MmapioError(
    'ERR_UNSUPPORTED',
    `${hex(length)} bytes at offset ${hex(offset)} cannot be synchronised: u-dma-buf takes ranges from offsets below ` +
      `${hex(LIMIT)}. Use several buffers, or one that needs no synchronisation`,
  );
}
