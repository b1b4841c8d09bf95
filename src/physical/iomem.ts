/* Who owns which physical addresses, as the kernel tells in /proc/iomem (Documentation/filesystems/proc.rst). */
import { readFileSync } from 'node:fs';
import { SystemError } from '../errors.js';

/** A stretch of the physical address space that has an owner. */
export interface PhysicalRange {
  readonly start: bigint;
  /** The last byte, not the one after it. */
  readonly end: bigint;
  /** What the kernel calls it: `System RAM`, a device's address such as `0000:00:04.0`, a driver. */
  readonly owner: string;
  /** 0 for the outermost; a range of depth n lies within the nearest one of depth n − 1 before it. */
  readonly depth: number;
}

/**
 * Reads the whole table. Without CAP_SYS_ADMIN the kernel shows every address as 0: then there is no table to speak of,
 * and this returns none.
 */
export function readIomem(path: string): PhysicalRange[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw SystemError.from(error);
  }
  const ranges = text.split('\n').flatMap(parseLine);
  return ranges.every(({ end }) => end === 0n) ? [] : ranges;
}

function parseLine(line: string): PhysicalRange[] {
  const [, indent, start, end, owner] = /^( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$/i.exec(line) ?? [];
  if (indent === undefined || owner === undefined) return [];
  return [{ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), owner, depth: indent.length >> 1 }];
}

/** The ranges that hold any byte of the stretch, in the order of the table: outer ones before those within them. */
export function rangesOf(ranges: readonly PhysicalRange[], address: bigint, length: bigint): PhysicalRange[] {
  return ranges.filter(({ start, end }) => start < address + length && end >= address);
}

/** The same, without those that are further divided there. */
export function innermostOf(
  ranges: readonly PhysicalRange[],
  address: bigint,
  length: bigint,
): PhysicalRange[] {
  const found = rangesOf(ranges, address, length);
  return found.filter(({ depth }, index) => (found[index + 1]?.depth ?? 0) <= depth);
}
