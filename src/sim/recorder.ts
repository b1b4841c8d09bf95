import type { RegisterIO } from '../register-io.js';
import type { Raw } from '../registers/codec.js';
import { type Access, formatAccesses } from './access.js';
import { type Clock, RealClock } from './clock.js';
import type { DescribedRegisters } from './device.js';

export interface RecorderOptions {
  /** Decodes the recording's text. */
  map?: DescribedRegisters;
  /** Where times come from; real time when absent. */
  clock?: Clock;
}

/**
 * Passes every access on to a region and keeps it. An access that the region refuses is not kept: it did not
 * happen.
 */
export class Recorder implements RegisterIO {
  /** The accesses so far, in order. */
  readonly accesses: Access[] = [];
  readonly #io: RegisterIO;
  readonly #map: DescribedRegisters | undefined;
  readonly #clock: Clock;
  #start: number;

  constructor(io: RegisterIO, options: RecorderOptions = {}) {
    this.#io = io;
    this.#map = options.map;
    this.#clock = options.clock ?? new RealClock();
    this.#start = this.#clock.now();
  }

  get length(): number {
    return this.#io.length;
  }

  /** Forgets what was recorded; time begins anew. */
  clear(): void {
    this.accesses.length = 0;
    this.#start = this.#clock.now();
  }

  /** The recording as text, one access a line. */
  toString(): string {
    return formatAccesses(this.accesses, this.#map === undefined ? {} : { map: this.#map });
  }

  readUint8(offset: number): number {
    return this.#kept('read', offset, 8, this.#io.readUint8(offset));
  }
  readUint16(offset: number): number {
    return this.#kept('read', offset, 16, this.#io.readUint16(offset));
  }
  readUint32(offset: number): number {
    return this.#kept('read', offset, 32, this.#io.readUint32(offset));
  }
  readUint64(offset: number): bigint {
    return this.#kept('read', offset, 64, this.#io.readUint64(offset));
  }
  writeUint8(offset: number, value: number): void {
    this.#io.writeUint8(offset, value);
    this.#kept('write', offset, 8, value);
  }
  writeUint16(offset: number, value: number): void {
    this.#io.writeUint16(offset, value);
    this.#kept('write', offset, 16, value);
  }
  writeUint32(offset: number, value: number): void {
    this.#io.writeUint32(offset, value);
    this.#kept('write', offset, 32, value);
  }
  writeUint64(offset: number, value: bigint): void {
    this.#io.writeUint64(offset, value);
    this.#kept('write', offset, 64, value);
  }

  #kept<T extends Raw>(direction: Access['direction'], offset: number, width: Access['width'], value: T): T {
    this.accesses.push({ time: this.#clock.now() - this.#start, direction, offset, width, value });
    return value;
  }
}
