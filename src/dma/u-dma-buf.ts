import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, show } from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { nodeRemedy, udevRule } from '../permission.js';
import { listFolder, type Roots, readInteger, writeAttribute } from '../sysfs/attributes.js';
import { MappedDmaBuffer, type SyncRange } from './mapped-buffer.js';
import { syncCommands } from './u-dma-buf-sync.js';

export interface UDmaBufOptions extends Roots {
  /**
   * Open with O_SYNC: with the driver's sync modes 1 to 3 the CPU then reaches the memory past its caches, slowly, and
   * needs no synchronisation. Default false: through the caches.
   */
  sync?: boolean;
  /** Sets the driver's sync mode, 0 to 7, before the buffer is opened; it stays set. Default: as it is. */
  syncMode?: number;
}

/** The folder of the driver's class in sysfs; the second is that of its versions before 2.0. */
const CLASSES = ['class/u-dma-buf', 'class/udmabuf'];

/**
 * A buffer of the u-dma-buf driver (https://github.com/ikwzm/udmabuf): memory in one piece, at an address that the device
 * can reach, with cache maintenance for machines that need it.
 */
export class UDmaBuf extends MappedDmaBuffer {
  /** What the driver or the device tree calls it, `udmabuf0`. */
  readonly name: string;
  /** The device's address of the first byte (`phys_addr`). */
  readonly address: bigint;
  /** The driver's sync mode (`sync_mode`) when the buffer was opened; see docs/dma.md. */
  readonly syncMode: number;
  /** Whether the hardware keeps caches and device coherent (`dma_coherent`): synchronisation is then a barrier. */
  readonly coherent: boolean;
  /** Why `bytes` cannot be had, if so. */
  readonly #refusal: string | undefined;
  readonly #folder: string;

  /** The names of all buffers. */
  static list(roots: Roots = {}): string[] {
    return CLASSES.flatMap((folder) => listFolder(join(roots.sysfs ?? '/sys', folder))).sort();
  }

  /**
   * @throws {MmapioError} `ERR_NOT_FOUND` (the message lists the buffers that there are), `ERR_INVALID_ARGUMENT`;
   *   {@link SystemError} what the kernel refused
   */
  constructor(name: string, options: UDmaBufOptions = {}) {
    checkOptions<UDmaBufOptions>(options, ['sysfs', 'dev', 'sync', 'syncMode']);
    const { sysfs = '/sys', dev = '/dev', sync = false, syncMode } = options;
    const folder = findFolder(sysfs, name);
    if (syncMode !== undefined) setSyncMode(folder, syncMode);
    const length = Number(readInteger(folder, 'size'));
    const path = join(dev, name);
    const fd = openBuffer(path, sync);
    try {
      super({ fd, path, length, mapped: Math.ceil(length / native.pageSize) * native.pageSize });
    } finally {
      closeSync(fd);
    }
    this.name = name;
    this.#folder = folder;
    try {
      this.address = readInteger(folder, 'phys_addr');
      this.syncMode = Number(readInteger(folder, 'sync_mode'));
      this.coherent = readCoherent(folder);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#refusal = refuseBytes(path, this.syncMode, sync);
  }

  /**
   * As for every DMA buffer, except where the CPU reaches the memory as device memory (Arm, sync mode 5, or 1 opened with
   * `sync`): the wide and unaligned accesses that JavaScript makes of it would be bus errors, so that `regs` is all there is.
   */
  override get bytes(): Uint8Array {
    if (this.#refusal !== undefined) throw new MmapioError('ERR_UNSUPPORTED', this.#refusal);
    return super.bytes;
  }

  /**
   * One write of offset, length and direction to `sync_for_cpu` or `sync_for_device`, so that two programs, or two ranges,
   * do not get into each other's way; several for a range that one does not hold. The driver works in multiples of 16
   * bytes: the range grows to them.
   */
  protected override sync(owner: 'cpu' | 'device', range: SyncRange): void {
    native.barrier();
    if (this.coherent) return;
    const file = join(this.#folder, `sync_for_${owner}`);
    for (const command of syncCommands(range)) writeAttribute(file, `0x${command.toString(16)}`, syncRemedy);
    native.barrier();
  }
}

function findFolder(sysfs: string, name: string): string {
  const known = UDmaBuf.list({ sysfs });
  const folder = CLASSES.map((one) => join(sysfs, one, String(name))).find((one) => existsSync(one));
  if (folder !== undefined && known.includes(name)) return folder;
  throw new MmapioError(
    'ERR_NOT_FOUND',
    `There is no u-dma-buf ${show(name)}. ` +
      (known.length === 0
        ? 'There is none at all: load the driver u-dma-buf, or use PinnedMemory or VFIO'
        : `There are: ${known.join(', ')}`),
  );
}

function setSyncMode(folder: string, mode: number): void {
  if (!Number.isInteger(mode) || mode < 0 || mode > 7) {
    throw new MmapioError('ERR_INVALID_ARGUMENT', `syncMode is ${show(mode)}: it takes 0 to 7`);
  }
  writeAttribute(join(folder, 'sync_mode'), String(mode), syncRemedy);
}

function openBuffer(path: string, sync: boolean): number {
  try {
    return openSync(path, constants.O_RDWR | (sync ? constants.O_SYNC : 0));
  } catch (error) {
    throw SystemError.from(error, (code) =>
      code === 'EACCES' ? nodeRemedy(udevRule('u-dma-buf', 'dma')) : undefined,
    );
  }
}

/** Versions before 1.3 have no such file, and know no such machines. */
function readCoherent(folder: string): boolean {
  return existsSync(join(folder, 'dma_coherent')) && readInteger(folder, 'dma_coherent') !== 0n;
}

function refuseBytes(path: string, mode: number, sync: boolean): string | undefined {
  const uncached = mode === 5 || (mode === 1 && sync);
  if (!uncached || !['arm', 'arm64'].includes(process.arch)) return undefined;
  return (
    `${path} is mapped as device memory (sync mode ${mode}), which JavaScript's own accesses do not suit: use regs(), or ` +
    'another sync mode, such as 2 or 3'
  );
}

function syncRemedy(code: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return 'The file belongs to root: give your group the right to write it with a udev rule, or open with sync: true';
    case 'EINVAL':
      return 'The range passes the end of the buffer in multiples of 16 bytes';
    default:
      return undefined;
  }
}
