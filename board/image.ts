import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEntry, writeArchive } from './archive.js';
import { cached, digest } from './cache.js';
import { BoardError } from './errors.js';
import { checkout, findProgram, progress, requireProgram, run } from './host.js';
import { compilerPrefix, type Machine } from './machine.js';
import { prepareSystem } from './system.js';

/** The Node.js that runs in the guest unless another version is asked for. */
export function defaultNode(machine: Machine): string {
  const { MMAPIO_BOARD_NODE } = process.env;
  return MMAPIO_BOARD_NODE || machine.node;
}

/** Everything that QEMU needs and that does not change from one start to the next. */
export interface Image {
  /** The kernel. */
  readonly kernel: string;
  /** Archives that make up the root file system together, in this order. */
  readonly archives: readonly string[];
  /** The device tree, on machines that have one. */
  readonly deviceTree: string | null;
}

/** What to build. */
export interface ImageOptions {
  machine: Machine;
  /** Version of Node.js in the guest. */
  node: string;
  signal?: AbortSignal | undefined;
}

/** The image for a machine, from the cache or built now. */
export async function prepareImage(options: ImageOptions): Promise<Image> {
  requireProgram(options.machine.qemu, 'to run the virtual machine');
  // one after the other: each tells the user what it is doing
  const system = await prepareSystem(options.machine, options.signal);
  const node = await prepareNode(options);
  const deviceTree = await prepareDeviceTree(options);
  return {
    kernel: join(system, 'kernel'),
    archives: [join(system, 'system.cpio'), join(node, 'node.cpio')],
    deviceTree,
  };
}

/** Node.js for the guest, from npm's registry. */
async function prepareNode({ machine, node, signal }: ImageOptions): Promise<string> {
  if (!/^\d+\.\d+\.\d+$/.test(node)) {
    throw new BoardError(
      `${node} is not a version of Node.js: give all three numbers, such as ${machine.node}.`,
    );
  }
  return cached(`node-${machine.arch}-${node}`, async (directory) => {
    requireProgram('npm', 'to fetch Node.js for the guest');
    const name = `node-linux-${machine.arch}`;
    progress(`fetching Node.js ${node} for ${machine.arch}`);
    const hint = `Check that "npm view ${name}@${node}" works: the board fetches it with this machine's own npm.`;
    await run('npm', ['pack', '--loglevel=error', `${name}@${node}`], { cwd: directory, signal, hint });
    const program = join(directory, 'package/bin/node');
    const tarball = join(directory, `${name}-${node}.tgz`);
    await run('tar', ['-xzf', tarball, '-C', directory, 'package/bin/node'], { signal });
    // a quarter of the program is symbols, and every start copies it
    const strip = findProgram(`${compilerPrefix(machine)}strip`);
    if (strip !== null) {
      await run(strip, [program], { signal });
    }
    writeArchive(join(directory, 'node.cpio'), [fileEntry('bin/node', program, 0o755)]);
    await rm(tarball);
    await rm(join(directory, 'package'), { recursive: true });
  });
}

/** QEMU's own device tree of the machine with the board's additions. */
async function prepareDeviceTree({ machine, signal }: ImageOptions): Promise<string | null> {
  if (machine.deviceTree === undefined) {
    return null;
  }
  const additions = await readFile(join(checkout, machine.deviceTree));
  const version = await run(machine.qemu, ['--version'], { signal });
  const name = `device-tree-${machine.arch}-${digest(additions, version, machine.qemuArguments.join(' '))}`;
  const entry = await cached(name, async (directory) => {
    requireProgram('dtc', 'to write the device tree');
    const own = join(directory, 'qemu.dtb');
    const dump = ['-machine', `dumpdtb=${own}`, '-display', 'none', '-nic', 'none'];
    await run(machine.qemu, [...machine.qemuArguments, ...dump], { signal });
    const text = await run('dtc', ['-q', '-I', 'dtb', '-O', 'dts', own], { signal });
    const source = join(directory, 'board.dts');
    // each start gets its own seeds from QEMU, unless the tree carries old ones
    await writeFile(source, `${text.replace(/^\s*(rng|kaslr)-seed = .*$/gm, '')}\n${additions}`);
    await run('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', join(directory, 'board.dtb'), source], {
      signal,
    });
  });
  return join(entry, 'board.dtb');
}
