import {
  closeSync,
  constants,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.js';
import { type CpioEntry, cpioArchive } from './cpio.js';

/**
 * One file with several archives and, after them, one of `entries`; returns its descriptor. The file has no name any
 * more, so that nothing is left behind whatever becomes of this process.
 */
export function openInitrd(archives: readonly string[], entries: Iterable<CpioEntry>): number {
  const directory = mkdtempSync(join(cacheDirectory(), `building-${process.pid}-`));
  try {
    const path = join(directory, 'initrd');
    const [first = '/dev/null', ...others] = archives;
    copyFileSync(first, path, constants.COPYFILE_FICLONE);
    const descriptor = openSync(path, 'a+');
    try {
      for (const archive of others) {
        writeSync(descriptor, readFileSync(archive));
      }
      for (const piece of cpioArchive(entries)) {
        writeSync(descriptor, piece);
      }
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    return descriptor;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A file of the host as an entry of an archive. */
export function fileEntry(path: string, source: string, mode = 0o644): CpioEntry {
  return {
    type: 'file',
    path,
    mode,
    get data() {
      return readFileSync(source);
    },
  };
}

/** Writes an archive to a new file. */
export function writeArchive(file: string, entries: Iterable<CpioEntry>): void {
  const descriptor = openSync(file, 'wx');
  try {
    for (const piece of cpioArchive(entries)) {
      writeSync(descriptor, piece);
    }
  } finally {
    closeSync(descriptor);
  }
}
