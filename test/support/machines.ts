/* The machines that the package has a core for, how this one runs their programs, and their C libraries. */
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cached, digest } from '../../board/cache.js';
import { DebianArchive } from '../../board/debian.js';
import { run } from '../../board/host.js';
import { packageRoot } from './descriptions.js';

/** A machine, by the name of its core. */
export interface CoreMachine {
  readonly arch: string;
  readonly debian: string;
  readonly triplet: string;
  readonly qemu: readonly string[];
}

export const machines = {
  x64: { arch: 'x64', debian: 'amd64', triplet: 'x86_64-linux-gnu', qemu: ['qemu-x86_64'] },
  arm64: { arch: 'arm64', debian: 'arm64', triplet: 'aarch64-linux-gnu', qemu: ['qemu-aarch64'] },
  arm: {
    arch: 'arm',
    debian: 'armhf',
    triplet: 'arm-linux-gnueabihf',
    // QEMU 7.2 reports the address of a fault without taking off where the machine's memory begins: with it at a
    // multiple of 4 GiB the difference is not seen in 32 bits.
    qemu: ['qemu-arm', '-B', '0x100000000'],
  },
  riscv64: { arch: 'riscv64', debian: 'riscv64', triplet: 'riscv64-linux-gnu', qemu: ['qemu-riscv64'] },
} as const satisfies Record<string, CoreMachine>;

const isHost = (machine: CoreMachine) => machine.arch === process.arch;

/** A command as this machine runs it, with the C library of Debian's cross compilers. */
export function onGlibc(machine: CoreMachine, command: readonly string[]): string[] {
  return isHost(machine) ? [...command] : [...machine.qemu, '-L', `/usr/${machine.triplet}`, ...command];
}

/** A command as this machine runs it, with the musl in `root`. */
export function onMusl(machine: CoreMachine, root: string, command: readonly string[]): string[] {
  const emulator = isHost(machine) ? [] : machine.qemu;
  return [...emulator, join(muslFolder(root, machine), 'libc.so'), ...command];
}

const muslTriplet = ({ triplet }: CoreMachine) => triplet.replace('gnu', 'musl');
const muslFolder = (root: string, machine: CoreMachine) => join(root, 'usr/lib', muslTriplet(machine));

const compiler = (machine: CoreMachine) => (isHost(machine) ? 'cc' : `${machine.triplet}-gcc`);

export const coreFile = ({ arch }: CoreMachine) => join(packageRoot, `prebuilds/linux-${arch}.node`);

/** musl with its headers, from Debian's archive. Returns the folder that it is unpacked in. */
export async function fetchMusl(machine: CoreMachine): Promise<string> {
  const folder = await cached(`musl-${machine.debian}`, async (directory) => {
    const root = join(directory, 'root');
    const archive = await DebianArchive.open(join(directory, 'apt'), [machine.debian]);
    await archive.unpack(root, ['musl', 'musl-dev']);
    // where Debian keeps /lib apart from /usr/lib, the library is not beside what links with it
    const besides = join(root, 'lib', muslTriplet(machine), 'libc.so');
    if (existsSync(besides)) copyFileSync(besides, join(muslFolder(root, machine), 'libc.so'));
    rmSync(join(directory, 'apt'), { recursive: true });
  });
  return join(folder, 'root');
}

const source = join(packageRoot, 'native/test/host.c');

/** Compiles native/test/host.c, for glibc or for the musl in `root`. Returns the program. */
export async function buildHost(machine: CoreMachine, folder: string, root?: string): Promise<string> {
  const program = join(folder, `host-${machine.arch}-${root === undefined ? 'glibc' : 'musl'}`);
  const { include_dir } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
  const options = ['-std=c11', '-D_GNU_SOURCE', '-DNAPI_VERSION=8', '-O1', '-isystem', include_dir];
  const library =
    root === undefined ? [source, '-pthread', '-ldl'] : await muslOptions(machine, root, source, true);
  await run(compiler(machine), [...options, '-rdynamic', '-o', program, ...library]);
  return program;
}

async function muslOptions(machine: CoreMachine, root: string, file: string, start: boolean) {
  const own = (await run(compiler(machine), ['-print-file-name=include'])).trim();
  const headers = join(root, 'usr/include', muslTriplet(machine));
  const library = muslFolder(root, machine);
  const objects = start ? [join(library, 'Scrt1.o'), '-pie'] : [];
  return [
    '-fPIC',
    ...['-nostdinc', '-isystem', headers, '-isystem', own, '-nostdlib'],
    ...[...objects, file, join(library, 'libc.so'), '-lgcc'],
  ];
}

/** A folder of libraries with which a C++ program for musl runs on an x64 machine: see musl-shim.c. */
export async function muslCppLibraries(root: string): Promise<string> {
  const machine = machines.x64;
  const shim = join(packageRoot, 'test/support/musl-shim.c');
  return cached(`musl-cpp-x64-${digest(readFileSync(shim))}`, async (directory) => {
    for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
      const file = (await run(compiler(machine), [`-print-file-name=${name}`])).trim();
      copyFileSync(file, join(directory, name));
    }
    copyFileSync(join(muslFolder(root, machine), 'libc.so'), join(directory, 'libc.musl-x86_64.so.1'));
    const options = await muslOptions(machine, root, shim, false);
    await run(compiler(machine), ['-shared', '-o', join(directory, 'ld-linux-x86-64.so.2'), ...options]);
  });
}
