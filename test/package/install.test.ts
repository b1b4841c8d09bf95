import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../board/host.js';
import {
  addExercise,
  emptyProject,
  everythingWorks,
  installPackage,
  packPackage,
} from '../support/package.js';
import { bun, commandOf, deno, fetchRuntime, node, type Runtime } from '../support/runtimes.js';

/** All that is installed, in bytes. */
const SIZE_LIMIT = 1_500_000;

const nodes: readonly (Runtime & { engine: string })[] = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'].map(
  (version) => ({ ...node(version), engine: 'window' }),
);

describe('the package, installed from its tarball into an empty folder with scripts off', () => {
  let tarball: string;
  let remove: () => void;
  before(async () => {
    ({ tarball, remove } = await packPackage());
  });
  after(() => remove());

  async function exercise(runtime: Runtime, folder: string): Promise<unknown> {
    const [program = '', ...args] = commandOf(runtime, await fetchRuntime(runtime), addExercise(folder));
    return JSON.parse(await run(program, args, { cwd: folder }));
  }

  const expected = ({ name, version }: Runtime, engine: string) => ({
    runtime: name,
    version,
    arch: process.arch,
    engine,
    ...everythingWorks,
  });

  for (const runtime of nodes) {
    it(`works on ${runtime.title}, installed by npm on it`, async () => {
      const folder = await installPackage(tarball, runtime.title, await fetchRuntime(runtime));
      assert.deepEqual(await exercise(runtime, folder), expected(runtime, runtime.engine));
    });
  }

  it('works on Bun, installed by it', async () => {
    const folder = emptyProject(tarball, 'bun');
    await run(await fetchRuntime(bun), ['add', '--ignore-scripts', tarball], { cwd: folder });
    assert.deepEqual(await exercise(bun, folder), expected(bun, 'window'));
  });

  it('works on Deno, installed by npm: Deno installs no tarballs', async () => {
    const folder = await installPackage(tarball, 'deno');
    assert.deepEqual(await exercise(deno, folder), expected(deno, 'window'));
  });

  it(`has the core of every machine, brings nothing else along, and is smaller than ${SIZE_LIMIT} bytes`, async () => {
    const modules = join(await installPackage(tarball, 'size'), 'node_modules');
    const installed = readdirSync(modules).filter((name) => !name.startsWith('.'));
    assert.deepEqual(installed, ['mmapio']);
    const folder = join(modules, 'mmapio');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const cores = files.flatMap((name) => /^prebuilds\/linux-(\w+)\.node$/.exec(name)?.[1] ?? []);
    assert.deepEqual(cores.sort(), ['arm', 'arm64', 'riscv64', 'x64']);
    const total = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    assert.ok(total < SIZE_LIMIT, `${total} bytes`);
  });

  it('builds its core from source with the command that the error message gives', async () => {
    const folder = await installPackage(tarball, 'source');
    rmSync(join(folder, 'node_modules/mmapio/prebuilds'), { recursive: true });
    const load = ["import('mmapio').catch(({ message }) => console.log(message))"];
    const message = await run(process.execPath, ['--eval', ...load], { cwd: folder });
    const [command] = /npm install .*$/m.exec(message) ?? [];
    assert.ok(command !== undefined, message);
    await run('sh', ['-c', command], { cwd: folder });
    const script = addExercise(folder);
    const seen = JSON.parse(await run(process.execPath, [script], { cwd: folder }));
    assert.equal(seen.word, everythingWorks.word);
  });
});
