import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileEntry } from './archive.js';
import type { CpioEntry } from './cpio.js';
import { BoardError } from './errors.js';
import { run } from './host.js';

/** A kernel module: the name it is loaded by, and its file. */
export interface KernelModule {
  readonly name: string;
  readonly file: string;
}

/** The modules `wanted` and what they depend on, in the order to load them, decompressed where Debian compresses them. */
export async function unpackedModules(directory: string, wanted: readonly string[]): Promise<KernelModule[]> {
  const found = await moduleFiles(directory);
  const modules = new Map<string, KernelModule>();
  const add = async (name: string): Promise<void> => {
    const path = found.get(name);
    if (path === undefined) {
      throw new BoardError(`Debian's kernel has no module ${name}.`);
    }
    if (modules.has(name)) {
      return;
    }
    const file = path.replace(/\.xz$/, '');
    if (file !== path) {
      await run('xz', ['--decompress', path]);
    }
    for (const dependency of dependencies(await readFile(file, 'latin1'))) {
      await add(dependency);
    }
    modules.set(name, { name, file });
  };
  for (const name of wanted) {
    await add(name);
  }
  return [...modules.values()];
}

/** Every module of the kernel by the name that the kernel knows it by, whatever its file is called. */
async function moduleFiles(directory: string): Promise<Map<string, string>> {
  const paths = await readdir(directory, { recursive: true });
  const modules = paths.filter((path) => /\.ko(\.xz)?$/.test(path));
  return new Map(
    modules.map((path) => [moduleName(basename(path).replace(/\.ko.*$/, '')), join(directory, path)]),
  );
}

/** What a module's own information says that it depends on; the build writes it there, separated by commas. */
function dependencies(module: string): string[] {
  const list = /\0depends=([^\0]*)\0/.exec(module)?.[1] ?? '';
  return list.split(',').filter(Boolean).map(moduleName);
}

function moduleName(text: string): string {
  return text.replaceAll('-', '_');
}

/** The modules as files of the guest, and the list that init loads them from. */
export function moduleEntries(modules: readonly KernelModule[]): CpioEntry[] {
  const list = modules.map(({ name }) => `${name}\n`).join('');
  return [
    { type: 'file', path: 'lib/modules/load', data: Buffer.from(list) },
    ...modules.map(({ name, file }) => fileEntry(`lib/modules/${name}.ko`, file)),
  ];
}
