import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEntry } from '../board/archive.js';
import { cached } from '../board/cache.js';
import type { CpioEntry } from '../board/cpio.js';
import { progress, run } from '../board/host.js';
import type { Machine } from '../board/machine.js';

/** A JavaScript runtime on the board, with the flags it is started with. */
export interface Runtime {
  name: 'node' | 'deno' | 'bun';
  version: string;
  flags: readonly string[];
  /** Environment variables, where the runtime takes its flags from there. */
  env?: Readonly<Record<string, string>>;
}

/** npm's packages of the other runtimes for the x86_64 machine, and the program in each. */
const PACKAGES = {
  deno: { package: '@deno/linux-x64-glibc', program: 'deno' },
  bun: { package: '@oven/bun-linux-x64', program: 'bin/bun' },
} as const;

/** What the guest needs for a runtime besides the Node.js of the board. */
export async function runtimeFiles(runtime: Runtime, machine: Machine): Promise<CpioEntry[]> {
  const { name, version } = runtime;
  if (name === 'node') return [];
  const source = PACKAGES[name];
  const entry = await cached(`${name}-${machine.arch}-${version}`, async (directory) => {
    progress(`fetching ${name} ${version}`);
    await run('npm', ['pack', '--loglevel=error', `${source.package}@${version}`], { cwd: directory });
    const tarball = `${source.package.replace('@', '').replace('/', '-')}-${version}.tgz`;
    await run('tar', ['-xzf', join(directory, tarball), '-C', directory]);
    await rm(join(directory, tarball));
  });
  return [fileEntry(`bin/${name}`, join(entry, 'package', source.program), 0o755)];
}

/** The words that start a program on the board. */
export function startCommand(
  { name, flags, env = {} }: Runtime,
  program: string,
  ...args: string[]
): string[] {
  const environment = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  const words = {
    node: ['node', '--expose-gc', ...flags],
    deno: ['deno', 'run', '--allow-all', '--quiet', `--v8-flags=${['--expose-gc', ...flags].join(',')}`],
    bun: ['bun', '--expose-gc', ...flags],
  }[name];
  return ['env', ...environment, ...words, program, ...args];
}

export function runtimeLabel({ name, version, flags, env = {} }: Runtime): string {
  const settings = [...flags, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)];
  return [`${name} ${version}`, ...settings].join(' ');
}
