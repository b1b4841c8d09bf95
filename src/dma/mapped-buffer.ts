import { inspect } from 'node:util';
import { checkByteCount, checkChoice, checkOptions, hex, show } from '../check.js';
import { MmapioError } from '../errors.js';
import { type MemoryMap, mapDevice, slotOf, targetOf } from '../memory/memory-map.js';
import { MemoryMappedIO } from '../memory/memory-mapped-io.js';
import { REGS_OPTIONS, type RegsOptions } from '../memory/regs.js';
import { native } from '../native/binding.js';
import type { DmaBuffer, DmaDirection, SyncOptions } from './dma-buffer.js';

/** A checked range of a buffer. */
export interface SyncRange {
  offset: number;
  length: number;
  direction: DmaDirection;
}

/** What a buffer's memory is mapped from. */
export interface BufferSource {
  fd: number;
  /** For messages. */
  path: string;
  /** Bytes of the buffer. */
  length: number;
  /** Bytes to map: the same in whole pages of the source. */
  mapped: number;
}

/** A buffer stays alive as long as somebody holds its memory. */
const owners = new WeakMap<ArrayBuffer, MappedDmaBuffer>();

/**
 * What all kinds of buffers share: memory mapped outside the window, because views of it are handed out and nothing else
 * must ever be seen through them.
 */
export abstract class MappedDmaBuffer implements DmaBuffer {
  abstract readonly address: bigint;
  readonly length: number;
  readonly #map: MemoryMap;
  #bytes: Uint8Array | undefined;

  constructor(source: BufferSource) {
    this.length = source.length;
    this.#map = mapDevice({ fd: source.fd, path: source.path, length: source.mapped, engine: 'native' });
  }

  get bytes(): Uint8Array {
    this.checkOpen();
    this.#bytes ??= this.#view();
    return this.#bytes;
  }

  get closed(): boolean {
    return this.#map.closed;
  }

  regs(options: RegsOptions = {}): MemoryMappedIO {
    checkOptions<RegsOptions>(options, REGS_OPTIONS);
    const { offset = 0, length, byteOrder = 'little' } = options;
    return new MemoryMappedIO(this.#map, 0, this.length, { byteOrder }).slice(offset, length);
  }

  syncForCpu(options: SyncOptions = {}): void {
    this.checkOpen();
    this.sync('cpu', checkRange(options, this.length));
  }

  syncForDevice(options: SyncOptions = {}): void {
    this.checkOpen();
    this.sync('device', checkRange(options, this.length));
  }

  close(): void {
    if (this.closed) return;
    this.release();
    if (this.#bytes !== undefined) native.detach(this.#bytes.buffer as ArrayBuffer);
    this.#map.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Shows where it is, never what is in it. */
  [inspect.custom](): string {
    const state = this.closed ? ', closed' : '';
    return `${this.constructor.name} { ${hex(this.address)}, ${hex(this.length)} bytes${state} }`;
  }

  /** Orders the CPU's accesses against the device's; enough where the machine keeps its caches coherent by itself. */
  protected sync(_owner: 'cpu' | 'device', _range: SyncRange): void {
    native.barrier();
  }

  /** Takes the memory from the device, before it is unmapped. */
  protected release(): void {}

  protected checkOpen(): void {
    if (this.closed) throw new MmapioError('ERR_CLOSED', `The DMA buffer ${this.#map.path} is closed`);
    if (this.#map.dead) throw targetOf(this.#map).whyNotLive();
  }

  /** The mapping's slot in the native core. */
  protected get slot(): number {
    return slotOf(this.#map);
  }

  /** Undoes the mapping when the rest of a constructor fails. */
  protected abandon(): void {
    this.#map.close();
  }

  #view(): Uint8Array {
    const buffer = native.view(this.slot, this.length);
    if (buffer === undefined) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        'This runtime allows no ArrayBuffer over memory that it did not allocate: use regs()',
      );
    }
    owners.set(buffer, this);
    return new Uint8Array(buffer);
  }
}

function checkRange(options: SyncOptions, whole: number): SyncRange {
  checkOptions<SyncOptions>(options, ['offset', 'length', 'direction']);
  const offset = checkByteCount('offset', options.offset ?? 0);
  const length = checkByteCount('length', options.length ?? Math.max(0, whole - offset));
  const direction = checkChoice('direction', options.direction ?? 'both', [
    'to-device',
    'from-device',
    'both',
  ]);
  if (offset + length <= whole) return { offset, length, direction };
  throw new MmapioError(
    'ERR_OUT_OF_RANGE',
    `${show(length)} bytes at offset ${show(offset)} pass the end of the buffer (${hex(whole)} bytes)`,
  );
}
