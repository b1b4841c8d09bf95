import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileEntry, writeArchive } from './archive.js';
import { cached, digest } from './cache.js';
import type { CpioEntry } from './cpio.js';
import { DebianArchive, type DebianPackage } from './debian.js';
import { BoardError } from './errors.js';
import { progress, requireProgram, run } from './host.js';
import { compilerPrefix, type Machine } from './machine.js';
import { type KernelModule, moduleEntries, unpackedModules } from './modules.js';

const here = dirname(fileURLToPath(import.meta.url));
const systemPackages = ['busybox-static', 'libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

/** Kernel, modules, busybox and the libraries that Node.js needs. */
export async function prepareSystem(machine: Machine, signal?: AbortSignal): Promise<string> {
  const recipe = await Promise.all(['system.js', 'modules.js'].map((file) => readFile(join(here, file))));
  const name = `system-${machine.arch}-${digest(...recipe, JSON.stringify([machine.kernelPackage, machine.modules]))}`;
  return cached(name, async (directory) => {
    requireProgram('xz', "to unpack the kernel's modules");
    progress('building the system, once: asking for the package lists');
    const archive = await DebianArchive.open(join(directory, 'apt'), architectures(machine), signal);
    const kernel = await newestKernel(archive, machine.kernelPackage);
    const root = join(directory, 'root');
    progress(`fetching the Linux ${kernel.version} kernel and the system's libraries`);
    await archive.unpack(root, [kernel.name, ...systemPackages]);
    const release = kernel.name.replace('linux-image-', '');
    const modules = await unpackedModules(join(root, 'lib/modules', release, 'kernel'), machine.modules);
    if (machine.deviceTree !== undefined) {
      modules.push(await buildUioDriver(archive, machine, kernel, directory));
    }
    progress('writing the root file system');
    await copyFile(join(root, 'boot', `vmlinuz-${release}`), join(directory, 'kernel'));
    const entries = [
      ...moduleEntries(modules),
      ...(await libraryEntries(root, machine)),
      ...busyboxEntries(root),
    ];
    writeArchive(join(directory, 'system.cpio'), entries);
    for (const leftOver of ['apt', 'root', 'driver']) {
      await rm(join(directory, leftOver), { recursive: true, force: true });
    }
  });
}

/** The machine's own architecture first; the kernel's build tools are programs for the host. */
function architectures(machine: Machine): string[] {
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  return host === machine.debianArch ? [host] : [machine.debianArch, host];
}

async function newestKernel(archive: DebianArchive, metaPackage: string): Promise<DebianPackage> {
  const meta = await archive.show(metaPackage);
  const name = meta.depends.find((dependency) => dependency.startsWith('linux-image-'));
  if (name === undefined) {
    throw new BoardError(`Debian's package ${metaPackage} names no kernel.`);
  }
  return archive.show(name);
}

/** Debian's kernel leaves uio_pdrv_genirq out: builds it from Debian's own source package. */
async function buildUioDriver(
  archive: DebianArchive,
  machine: Machine,
  kernel: DebianPackage,
  directory: string,
): Promise<KernelModule> {
  for (const program of [`${compilerPrefix(machine)}gcc`, 'make', 'tar']) {
    requireProgram(program, "to build the kernel's UIO driver");
  }
  const release = kernel.name.replace('linux-image-', '');
  const series = /^\d+\.\d+/.exec(release)?.[0] ?? '';
  const headers = await archive.show(`linux-headers-${release}`);
  const host = architectures(machine).at(-1) ?? machine.debianArch;
  const needed = headers.depends.filter((name) => name.startsWith('linux-'));
  const tree = join(directory, 'driver', 'headers');
  progress('fetching the kernel headers');
  await archive.unpack(tree, [
    `${headers.name}=${kernel.version}`,
    ...needed.map((name) => (name.startsWith('linux-kbuild-') ? `${name}:${host}` : name)),
  ]);
  progress('fetching the kernel source, 140 MB, for one file of it');
  const source = join(directory, 'driver', 'source');
  await archive.unpack(source, [`linux-source-${series}=${kernel.version}`]);
  progress('compiling the UIO driver uio_pdrv_genirq');
  const module = join(directory, 'driver', 'module');
  await extractDriver(join(source, 'usr/src', `linux-source-${series}.tar.xz`), module);
  await compileModule(join(tree, 'usr/src', headers.name), tree, module, machine);
  return { name: 'uio_pdrv_genirq', file: join(module, 'uio_pdrv_genirq.ko') };
}

async function extractDriver(tarball: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = `${basename(tarball, '.tar.xz')}/drivers/uio/uio_pdrv_genirq.c`;
  // --occurrence: stop reading at the file, early in the archive
  await run('tar', ['-xJf', tarball, '-C', directory, '--strip-components=3', '--occurrence=1', file]);
  await writeFile(join(directory, 'Makefile'), 'obj-m := uio_pdrv_genirq.o\n');
}

async function compileModule(headers: string, tree: string, module: string, machine: Machine): Promise<void> {
  // Debian's Makefile includes another one by its installed path
  const makefile = join(headers, 'Makefile');
  const installed = await readFile(makefile, 'utf8');
  await writeFile(makefile, installed.replaceAll('/usr/src/', `${tree}/usr/src/`));
  const prefix = compilerPrefix(machine);
  const toolchain = [`ARCH=${machine.debianArch}`, `CROSS_COMPILE=${prefix}`, `CC=${prefix}gcc`];
  await run('make', ['-C', headers, `M=${module}`, ...toolchain, 'modules']);
  await run(`${prefix}strip`, ['--strip-debug', join(module, 'uio_pdrv_genirq.ko')]);
}

/** Every shared library of the unpacked packages, in the one directory that the dynamic linker searches first. */
async function libraryEntries(root: string, machine: Machine): Promise<CpioEntry[]> {
  const target = `lib/${machine.gnuTriplet}`;
  const entries: CpioEntry[] = [];
  for (const directory of [
    join(root, 'lib', machine.gnuTriplet),
    join(root, 'usr/lib', machine.gnuTriplet),
  ]) {
    const files = existsSync(directory) ? await readdir(directory, { withFileTypes: true }) : [];
    for (const file of files.filter(({ name }) => /\.so(\.\d+)*$/.test(name))) {
      const path = `${target}/${file.name}`;
      const source = join(directory, file.name);
      if (file.isSymbolicLink()) {
        entries.push({ type: 'symlink', path, target: await readlink(source) });
      } else if (file.isFile()) {
        entries.push(fileEntry(path, source, 0o755));
      }
    }
  }
  const linker = `/${target}/${basename(machine.dynamicLinker)}`;
  return [...entries, { type: 'symlink', path: machine.dynamicLinker, target: linker }];
}

function busyboxEntries(root: string): CpioEntry[] {
  const busybox = [join(root, 'bin/busybox'), join(root, 'usr/bin/busybox')].find((path) => existsSync(path));
  if (busybox === undefined) {
    throw new BoardError("Debian's package busybox-static has no bin/busybox.");
  }
  return [fileEntry('bin/busybox', busybox, 0o755)];
}
