import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where everything that was fetched and built is kept: `$XDG_CACHE_HOME/mmapio/board`, by default
 * `~/.cache/mmapio/board`. Removing it is always safe; the next start builds it again.
 */
export function cacheDirectory(): string {
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'mmapio', 'board');
}

/** A short name for a set of inputs: two sets that differ anywhere get different names. */
export function digest(...inputs: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    hash.update(`${input.length}:`).update(input);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Path of the cache entry `name`, built first if it is not there yet. `build` fills an empty directory, which becomes
 * the entry only when it is complete; when two processes build the same entry, one result is kept and the other one
 * is dropped.
 */
export async function cached(name: string, build: (directory: string) => Promise<void>): Promise<string> {
  const cache = cacheDirectory();
  const entry = join(cache, name);
  if (existsSync(entry)) {
    return entry;
  }
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const directory = await mkdtemp(join(cache, `building-${process.pid}-`));
  try {
    await build(directory);
    await rename(directory, entry).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') {
        throw error;
      }
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return entry;
}

/** Removes what a build that was killed left behind. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const builder = /^building-(\d+)-/.exec(name)?.[1];
    if (builder !== undefined && !existsSync(`/proc/${builder}`)) {
      await rm(join(cache, name), { recursive: true, force: true });
    }
  }
}
