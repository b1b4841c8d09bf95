import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
    return require(file);
  } catch (cause) {
    const problem = existsSync(file)
      ? `${file}, ${core}, cannot be loaded: ${(cause as Error).message}`
      : `There is no ${file}, ${core}${PREBUILT.includes(arch) ? '' : `, which comes prebuilt for ${PREBUILT.join(', ')}`}`;
    throw new MmapioError('ERR_NOT_FOUND', `${problem}. ${howToBuild(folder)}`, { cause });
  }
}

const require = createRequire(import.meta.url);

/** By the package's own name, because the depth of this file in the package depends on how it was built. */
function here(): Place {
  const folder = dirname(require.resolve('mmapio/package.json'));
  return { folder, platform: process.platform, arch: process.arch };
}

function howToBuild(folder: string): string {
  const sources = join(folder, 'native');
  return `To build it, with make and a C compiler: npm install --no-save node-api-headers && make -C ${sources}`;
}
