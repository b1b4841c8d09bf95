/* The package as npm would publish it, installed from its tarball into an empty folder. */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, run } from '../../board/host.js';
import { packageRoot } from './descriptions.js';

/** Builds the core of every machine and packs. `remove` afterwards. */
export async function packPackage(): Promise<{ tarball: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mmapio-pack-'));
  await run('make', ['-s', '-C', join(packageRoot, 'native'), 'all']);
  const pack = ['pack', '--ignore-scripts', '--loglevel=error', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(await run('npm', pack, { cwd: packageRoot })) as [{ filename: string }];
  return { tarball: join(folder, filename), remove: () => rmSync(folder, { recursive: true }) };
}

/** A folder with the package in it and nothing else, installed by npm with `node` as its Node.js. */
export async function installPackage(
  tarball: string,
  name: string,
  node: string = process.execPath,
): Promise<string> {
  const folder = emptyProject(tarball, name);
  const npm = realpathSync(findProgram('npm') ?? 'npm');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', tarball];
  await run(node, [npm, ...install], { cwd: folder });
  return folder;
}

/** A folder beside the tarball with nothing but a package.json. */
export function emptyProject(tarball: string, name: string): string {
  const folder = join(tarball, '..', name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{}');
  return folder;
}

/** Puts `exercise.ts` into the folder, so that it finds the package there. Returns its path. */
export function addExercise(folder: string): string {
  const script = join(folder, 'exercise.mjs');
  copyFileSync(join(packageRoot, 'build/test/package/exercise.js'), script);
  return script;
}

/** What `exercise.ts` sees when all is well. */
export const everythingWorks = {
  word: '1234be55',
  block: [0xbe55, 0x1234],
  quad: '123456789abcdef',
  fault: 'ERR_BUS_FAULT',
  count: 7,
  timedOut: null,
};
