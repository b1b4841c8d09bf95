/* What this process holds of the kernel, counted for leak checks. */
import { readdirSync, readFileSync } from 'node:fs';

export function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

export function countThreads(): number {
  return readdirSync('/proc/self/task').length;
}

/** Mappings of a file, or all. */
export function countMappings(of = ''): number {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(of)).length;
}
