import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MmapioError } from '../errors.js';

/** What has a core in the published package; `make -C native all` builds these. */
const PREBUILT: readonly string[] = ['x64', 'arm64', 'arm', 'riscv64'];

/** Where a core is looked for; tests give others. */
interface Place {
  /** The package's folder. */
  folder: string;
  platform: string;
  arch: string;
}

/**
 * Loads the native core, `prebuilds/linux-<process.arch>.node`. One file serves glibc and musl: it names no C library
 * and uses the one that the process runs on (native/Makefile), so that there is nothing to detect here.
 *
 * `process.dlopen` and a walk up the folders, because `createRequire` and its resolver took 2.5 of the 9 ms of an import.
 *
 * @throws MmapioError `ERR_NOT_FOUND` where there is none, or it cannot be loaded (then with a `cause`): the message
 * names the file and the command that builds it.
 */
export function loadCore(place: Place = here()): unknown {
  const { folder, platform, arch } = place;
  const core = `mmapio's native core for ${platform} ${arch}`;
  if (platform !== 'linux')
    throw new MmapioError('ERR_NOT_FOUND', `There is no ${core}: mmapio runs on Linux only`);

  const file = join(folder, 'prebuilds', `linux-${arch}.node`);
  try {
    const addon = { exports: {} };
    process.dlopen(addon, file);
    return addon.exports;
  } catch (cause) {
    const problem = existsSync(file)
      ? `${file}, ${core}, cannot be loaded: ${(cause as Error).message}`
      : `There is no ${file}, ${core}${PREBUILT.includes(arch) ? '' : `, which comes prebuilt for ${PREBUILT.join(', ')}`}`;
    throw new MmapioError('ERR_NOT_FOUND', `${problem}. ${howToBuild(folder)}`, { cause });
  }
}

/** By looking for package.json, because the depth of this file in the package depends on how it was built. */
function here(): Place {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return { folder, platform: process.platform, arch: process.arch };
}

function howToBuild(folder: string): string {
  const sources = join(folder, 'native');
  return `To build it, with make and a C compiler: npm install --no-save node-api-headers && make -C ${sources}`;
}
