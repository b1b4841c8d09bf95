import { readFile } from 'node:fs/promises';
import { SystemError } from '../errors.js';

/** The bytes of a file. */
export async function loadFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw SystemError.from(error);
  }
}
