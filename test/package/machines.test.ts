/*
 * The core of every machine, loaded and used: by a JavaScript runtime where one can be had, else by native/test/host.c,
 * on this machine or under QEMU. docs/installing.md has the table of what is and is not run.
 */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../board/host.js';
import {
  buildHost,
  type CoreMachine,
  coreFile,
  fetchMusl,
  machines,
  muslCppLibraries,
  onGlibc,
  onMusl,
} from '../support/machines.js';
import { addExercise, everythingWorks, installPackage, packPackage } from '../support/package.js';
import { bunForMusl, fetchRuntime, node } from '../support/runtimes.js';

const readelf = (machine: CoreMachine, ...options: string[]) =>
  run('readelf', ['--wide', ...options, coreFile(machine)]);

/** The functions that the core takes from the process, those of Node-API aside. */
async function functionsOf(machine: CoreMachine): Promise<string[]> {
  const symbols = await readelf(machine, '--dyn-syms');
  const names = Array.from(symbols.matchAll(/ UND (\w+)/g), (match) => match[1] ?? '');
  return names.filter((name) => !name.startsWith('napi_')).sort();
}

describe('the native core', () => {
  let tarball: string;
  let script: string;
  let remove: () => void;
  before(async () => {
    ({ tarball, remove } = await packPackage());
    script = addExercise(await installPackage(tarball, 'machines'));
  });
  after(() => remove());

  const hostPrints = 'map, read, write, transfer, sync\nbus error\nmemory, descriptors\nwait\nend\n';
  const start = ([program = '', ...args]: string[], env?: NodeJS.ProcessEnv) =>
    run(program, args, { cwd: dirname(script), env: { ...process.env, ...env } });

  for (const machine of Object.values(machines)) {
    it(`of ${machine.arch} names no C library and no version of one`, async () => {
      assert.doesNotMatch(await readelf(machine, '--dynamic'), /NEEDED|TEXTREL|STATIC_TLS/);
      assert.match(await readelf(machine, '--version-info'), /No version information/);
    });

    it(`of ${machine.arch} works on glibc`, async () => {
      const program = await buildHost(machine, dirname(tarball));
      assert.equal(await start(onGlibc(machine, [program, coreFile(machine)])), hostPrints);
    });
  }

  for (const machine of [machines.x64, machines.arm64, machines.arm]) {
    it(`of ${machine.arch} works on musl`, async () => {
      const root = await fetchMusl(machine);
      const program = await buildHost(machine, dirname(tarball), root);
      assert.equal(await start(onMusl(machine, root, [program, coreFile(machine)])), hostPrints);
    });
  }

  it('of riscv64, for which Debian has no musl, takes nothing from its C library that that of arm64 does not', async () => {
    const known = await functionsOf(machines.arm64);
    assert.deepEqual(
      (await functionsOf(machines.riscv64)).filter((name) => !known.includes(name)),
      [],
    );
  });

  it('of arm64 is what the package uses in Node.js', async () => {
    const runtime = node('24.22.0', 'arm64');
    const seen = JSON.parse(await start(onGlibc(machines.arm64, [await fetchRuntime(runtime), script])));
    const { name, version } = runtime;
    assert.deepEqual(seen, { runtime: name, version, arch: 'arm64', engine: 'window', ...everythingWorks });
  });

  it('of arm is what the package uses in Node.js, and has no 64-bit accesses', async () => {
    const runtime = node('20.11.0', 'armv7l');
    const seen = JSON.parse(await start(onGlibc(machines.arm, [await fetchRuntime(runtime), script])));
    const { name, version } = runtime;
    const expected = { ...everythingWorks, quad: 'ERR_UNSUPPORTED' };
    assert.deepEqual(seen, { runtime: name, version, arch: 'arm', engine: 'native', ...expected });
  });

  it('of x64 is what the package uses in Bun on musl', async () => {
    const root = await fetchMusl(machines.x64);
    const libraries = await muslCppLibraries(root);
    const command = onMusl(machines.x64, root, [await fetchRuntime(bunForMusl), script]);
    const seen = JSON.parse(await start(command, { LD_LIBRARY_PATH: libraries }));
    const { name, version } = bunForMusl;
    assert.deepEqual(seen, { runtime: name, version, arch: 'x64', engine: 'window', ...everythingWorks });
  });
});
