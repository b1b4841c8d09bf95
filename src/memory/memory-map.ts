import { closeSync, constants, fstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import {
  checkBoolean,
  checkByteCount,
  checkChoice,
  checkOptions,
  hex,
  invalidArgument,
  show,
} from '../check.js';
import { MmapioError, SystemError } from '../errors.js';
import { call, native } from '../native/binding.js';
import { fileRemedy, nodeRemedy } from '../permission.js';
import { type Engine, type PlacedPages, placePages, releasePages, requestedEngine } from './engine.js';
import { settleFaults, unwatchFaults, watchFaults } from './faults.js';
import { type Access, NATIVE, Target, WINDOW } from './target.js';
import { setWindowFaultHandler } from './window.js';

export interface MapOptions {
  /** Bytes to map. May be left out for a regular file: what is left of it after `offset`. */
  length?: number;
  /** Byte offset in the file or device; any, not only multiples of the page size. Default 0. */
  offset?: number;
  /** `'read'` maps without the right to write. Default `'read-write'`. */
  access?: Access;
  /** Which engine performs the accesses. Default: `MMAPIO_ENGINE`, or `'auto'`. */
  engine?: Engine | 'auto';
}

export interface OpenOptions extends MapOptions {
  /** Open with O_SYNC, which for /dev/mem means uncached. Default true. */
  sync?: boolean;
}

const MAP_OPTIONS = ['length', 'offset', 'access', 'engine'] as const;

/** The target of a mapping, for the regions over it. */
export let targetOf: (map: MemoryMap) => Target;

/** A device's descriptor, and what of it to map. */
export interface DeviceStretch extends MapOptions {
  fd: number;
  /** What the descriptor is open on, for messages. */
  path: string;
  length: number;
}

/**
 * Maps a stretch of a device without asking for its file's size, which for some devices is not what can be mapped. The
 * descriptor may be one that only the native core can use.
 */
export let mapDevice: (stretch: DeviceStretch) => MemoryMap;

/** The slot of a mapping in the native core. */
export let slotOf: (map: MemoryMap) => number;

/**
 * Pages of a file or device brought into the process by mmap(2) (`MAP_SHARED`).
 *
 * Opening, closing and inspecting one accesses no register; {@link MemoryMappedIO} does. A map that is closed, or that
 * met a bus error, makes every region over it throw.
 */
export class MemoryMap {
  /** The file or device that is mapped. */
  readonly path: string;
  /** Byte offset in the file or device. */
  readonly offset: number;
  /** What performs the accesses. */
  readonly engine: Engine;

  readonly #target: Target;
  readonly #pages: PlacedPages;

  static {
    targetOf = (map) => map.#target;
    slotOf = (map) => map.#pages.slot;
    mapDevice = ({ fd, path, length, ...options }) => new MemoryMap(fd, path, options, () => length);
  }

  /**
   * Maps a file or device. The file descriptor is not kept.
   *
   * @throws {SystemError} what open(2) or mmap(2) refused, with its errno name as `code`
   * @throws {MmapioError} `ERR_INVALID_ARGUMENT`, `ERR_OUT_OF_RANGE`, `ERR_ENGINE_UNAVAILABLE`
   */
  static open(path: string | URL, options: OpenOptions = {}): MemoryMap {
    checkOptions<OpenOptions>(options, [...MAP_OPTIONS, 'sync']);
    const file = pathOfFile(path);
    const access = accessOf(options);
    const mode = access === 'read' ? constants.O_RDONLY : constants.O_RDWR;
    const sync = checkBoolean('sync', options.sync ?? true) ? constants.O_SYNC : 0;
    let fd: number;
    try {
      // O_NONBLOCK, because a FIFO would otherwise wait for somebody to write to it.
      fd = openSync(file, mode | sync | constants.O_NONBLOCK);
    } catch (error) {
      throw SystemError.from(error, (code) => openRemedy(code, file, access));
    }
    try {
      return new MemoryMap(fd, file, options, lengthOf);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Maps what a file descriptor is open on. The descriptor remains the caller's and may be closed at once.
   *
   * @throws as {@link MemoryMap.open}
   */
  static fromFd(fd: number, options: MapOptions = {}): MemoryMap {
    checkOptions<MapOptions>(options, MAP_OPTIONS);
    if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff)
      throw invalidArgument(`fd is ${show(fd)}: it takes an open descriptor`);
    return new MemoryMap(fd, pathOf(fd), options, lengthOf);
  }

  private constructor(fd: number, path: string, options: MapOptions, measure: typeof lengthOf) {
    const access = accessOf(options);
    const wanted = requestedEngine(options.engine);
    const offset = checkByteCount('offset', options.offset ?? 0);
    const length = measure(fd, path, offset, options.length);

    const head = offset % native.pageSize;
    const whole = Math.ceil((head + length) / native.pageSize) * native.pageSize;
    const pages = placePages(
      { fd, path, offset: offset - head, length: whole, writable: access === 'read-write' },
      wanted,
    );

    this.path = path;
    this.offset = offset;
    this.engine = pages.engine;
    this.#pages = pages;
    this.#target = new Target({
      kind: pages.engine === 'window' ? WINDOW : NATIVE,
      name: path,
      base: pages.address + head,
      length,
      access,
      slot: pages.slot,
      offsetInSlot: head,
    });
    watchFaults(this.#target);
    forgotten.register(this.#target, pages, this.#target);
  }

  /** Length in bytes, as asked for (the kernel maps whole pages). */
  get length(): number {
    return this.#target.length;
  }

  get access(): Access {
    return this.#target.access;
  }

  /** Whether {@link close} was called. A map that met a bus error is dead, but not closed. */
  get closed(): boolean {
    return this.#target.closed;
  }

  /** Whether an access met a bus error. Every further access throws `ERR_BUS_FAULT`: close it and map anew. */
  get dead(): boolean {
    if (call.faultCount[0] !== 0) settleFaults();
    return !this.#target.live && !this.#target.closed;
  }

  /**
   * Writes what was changed through a file's mapping back to the file (msync(2), `MS_SYNC`) and waits for it. Devices
   * need no flush.
   *
   * @throws {MmapioError} `ERR_CLOSED`, `ERR_BUS_FAULT`, `ERR_OUT_OF_RANGE`; {@link SystemError} what msync refused
   */
  flush(offset = 0, length?: number): void {
    if (this.dead || this.closed) throw this.#target.whyNotLive();
    checkByteCount('offset', offset);
    const bytes = length === undefined ? Math.max(0, this.length - offset) : checkByteCount('length', length);
    if (offset + bytes > this.length) {
      throw new MmapioError(
        'ERR_OUT_OF_RANGE',
        `flush of ${show(bytes)} bytes at ${show(offset)} passes the end of the mapping (${show(this.length)} bytes)`,
      );
    }
    const first = this.#target.offsetInSlot + offset;
    const head = first % native.pageSize;
    const error = native.sync(this.#pages.slot, first - head, head + bytes);
    if (error < 0) throw new SystemError(error, 'msync', this.path);
  }

  /** Unmaps. Every region over the map throws `ERR_CLOSED` from then on. Closing again does nothing. */
  close(): void {
    if (this.#target.closed) return;
    this.#target.close();
    forgotten.unregister(this.#target);
    release(this.#pages);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Shows what is mapped, never what is in it. */
  [inspect.custom](): string {
    const state = this.closed ? 'closed' : this.#target.live ? this.engine : 'dead';
    return `MemoryMap { ${this.path} +${hex(this.offset)}, ${hex(this.length)} bytes, ${this.access}, ${state} }`;
  }
}

/** Maps that nobody closed and nobody can reach any more. */
const forgotten = new FinalizationRegistry<PlacedPages>(release);

function release(pages: PlacedPages): void {
  unwatchFaults(pages.slot);
  releasePages(pages);
}

setWindowFaultHandler((address) => {
  for (const [target, error] of settleFaults()) if (target.kind === WINDOW) throw error;
  throw new Error(`Bus error at ${hex(address)} of the window, where nothing is mapped`);
});

function pathOfFile(path: string | URL): string {
  const file = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path;
  if (typeof file === 'string' && !file.includes('\0')) return file;
  throw invalidArgument(`path is ${show(path)}: it takes a path without NUL, or a file URL`);
}

function accessOf(options: MapOptions): Access {
  return checkChoice('access', options.access ?? 'read-write', ['read-write', 'read']);
}

/** The length to map: what was asked for, or what is left of a regular file. */
function lengthOf(fd: number, path: string, offset: number, asked: number | undefined): number {
  const file = statOf(fd, path);
  if (asked !== undefined) checkByteCount('length', asked);
  if (!file.isFile()) {
    if (asked === undefined) {
      throw invalidArgument(
        `The length of ${path} cannot be told, because it is not a regular file: give one`,
      );
    }
    if (asked === 0) throw new MmapioError('ERR_OUT_OF_RANGE', 'length is 0: there is nothing to map');
    return asked;
  }
  const left = file.size - offset;
  const length = asked ?? left;
  if (length > 0 && length <= left) return length;
  throw new MmapioError(
    'ERR_OUT_OF_RANGE',
    `${path} holds ${show(file.size)} bytes: ${asked === undefined ? 'nothing is left' : `not ${show(asked)}`} ` +
      `at offset ${show(offset)}`,
  );
}

function statOf(fd: number, path: string): { size: number; isFile(): boolean } {
  try {
    return fstatSync(fd);
  } catch (error) {
    throw SystemError.from(error, () => `Descriptor ${fd} (${path}) is not open`);
  }
}

function pathOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return `descriptor ${fd}`;
  }
}

function openRemedy(code: string, file: string, access: Access): string | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return isRegular(file) ? fileRemedy(access) : nodeRemedy();
    case 'ENOENT':
      return 'There is no such file or device: is its driver loaded?';
    default:
      return undefined;
  }
}

function isRegular(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
