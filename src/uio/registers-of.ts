import { native } from '../native/binding.js';
import { readReg } from './device-tree.js';
import type { UioMap } from './sysfs.js';

/** Where a map's registers are, in bytes from the start of what mmap(2) gives for it. */
export interface RegisterStretch {
  start: number;
  length: number;
}

/**
 * The registers of a map, for both ways in which drivers describe one that does not begin on a page:
 *
 * - `addr` unaligned, `offset` 0, `size` exact: mmap(2) gives the page around `addr`, the registers begin inside it;
 * - `addr` aligned, `offset` what was cut off, `size` up to the end of the last page (uio_pdrv_genirq since Linux 5.0):
 *   the exact size is lost, so it is taken from the device tree where that has an entry that fits.
 *
 * A `size` that ends before `offset` can only be counted from the registers, as some drivers do.
 *
 * @param folder - of the device in sysfs
 */
export function registersOf(folder: string, map: UioMap): RegisterStretch {
  const page = native.pageSize;
  const start = Number(map.addr % BigInt(page)) + map.offset;
  const length = map.size > map.offset ? map.size - map.offset : map.size;
  const rounded = map.size % page === 0;
  const exact = rounded ? readReg(folder)[map.index] : undefined;
  const fits =
    exact !== undefined &&
    exact.size > 0n &&
    exact.size <= BigInt(length) &&
    Number(exact.address % BigInt(page)) === start;
  return { start, length: fits ? Number(exact.size) : length };
}
