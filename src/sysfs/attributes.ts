/* Files and folders of sysfs (Documentation/filesystems/sysfs.rst). */
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MmapioError, SystemError } from '../errors.js';

/** Where the kernel's file systems are. */
export interface Roots {
  /** Default `/sys`. */
  sysfs?: string;
  /** Default `/dev`. */
  dev?: string;
}

/** The text of an attribute, without the newline at its end. */
export function readAttribute(folder: string, name: string): string {
  const path = join(folder, name);
  try {
    return readFileSync(path, 'utf8').replace(/\n$/, '');
  } catch (error) {
    // Node.js does not say which file it could not read, only which it could not open.
    throw SystemError.from(Object.assign(error as Error, { path }));
  }
}

/** An attribute that is a whole number, decimal or with `0x`. `remedy` says what to do where it is something else. */
export function readInteger(folder: string, name: string, remedy?: string): bigint {
  const text = readAttribute(folder, name).trim();
  if (/^-?(\d+|0x[0-9a-f]+)$/i.test(text))
    return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
  const hint = remedy === undefined ? '' : `. ${remedy}`;
  throw new MmapioError('ERR_INVALID_VALUE', `${join(folder, name)} is no whole number: '${text}'${hint}`);
}

/** What is in a folder; nothing when there is none, as for a device without maps. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw SystemError.from(error);
  }
}

/** Writes an attribute: one write(2), to a file that may be for writing only. `remedy` says what to do about an error's code. */
export function writeAttribute(
  path: string,
  text: string,
  remedy?: (code: string) => string | undefined,
): void {
  try {
    const fd = openSync(path, constants.O_WRONLY);
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw SystemError.from(Object.assign(error as Error, { path }), remedy);
  }
}

/** The last part of what a link points to, a driver's name for example; `null` when there is no such link. */
export function linkTarget(folder: string, name: string): string | null {
  try {
    return basename(readlinkSync(join(folder, name)));
  } catch {
    return null;
  }
}
