/* JavaScript runtimes from npm's registry, each fetched once and kept in the board's cache. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../../board/cache.js';
import { run } from '../../board/host.js';

/** A program in a package of npm's registry. */
export interface Runtime {
  /** What tests call it. */
  readonly title: string;
  readonly name: 'node' | 'deno' | 'bun';
  readonly version: string;
  readonly package: string;
  /** The program's path in it. */
  readonly program: string;
}

const npmArch = { x64: 'x64', arm64: 'arm64' }[process.arch as string] ?? process.arch;

export function node(version: string, arch: string = npmArch): Runtime {
  const title = `Node.js ${version.split('.')[0]}`;
  return { title, name: 'node', version, package: `node-linux-${arch}`, program: 'bin/node' };
}

export const deno: Runtime = {
  title: 'Deno',
  name: 'deno',
  version: '2.9.6',
  package: `@deno/linux-${npmArch}-glibc`,
  program: 'deno',
};

const bunArch = npmArch === 'arm64' ? 'aarch64' : npmArch;
export const bun: Runtime = {
  title: 'Bun',
  name: 'bun',
  version: '1.4.5',
  package: `@oven/bun-linux-${bunArch}`,
  program: 'bin/bun',
};
export const bunForMusl: Runtime = {
  ...bun,
  title: 'Bun on musl',
  package: `@oven/bun-linux-${bunArch}-musl`,
};

/** Path of the runtime's program. */
export async function fetchRuntime(runtime: Runtime): Promise<string> {
  const { package: name, version, program } = runtime;
  const entry = `program-${name.replaceAll(/[@/]+/g, '-')}-${version}`;
  const folder = await cached(entry, async (directory) => {
    await run('npm', ['pack', '--loglevel=error', `${name}@${version}`], { cwd: directory });
    const file = `package/${program}`;
    await run('sh', ['-c', `tar -xzf *.tgz ${file} && rm *.tgz`], { cwd: directory });
    chmodSync(join(directory, file), 0o755);
  });
  return join(folder, 'package', program);
}

/** The command that runs a script. */
export function commandOf({ name }: Runtime, program: string, script: string): string[] {
  return name === 'deno' ? [program, 'run', '--allow-all', script] : [program, script];
}
