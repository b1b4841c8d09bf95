import type { RegisterIO } from '../register-io.js';
import type { Raw } from '../registers/codec.js';
import { load, store } from '../registers/methods.js';
import { type Access, formatAccesses } from './access.js';
import { type Clock, RealClock } from './clock.js';
import type { DescribedRegisters } from './device.js';
import { Region } from './region.js';

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
export class Recorder extends Region {
  /** The accesses so far, in order. */
  readonly accesses: Access[] = [];
  readonly #io: RegisterIO;
  readonly #map: DescribedRegisters | undefined;
  readonly #clock: Clock;
  #start: number;

  constructor(io: RegisterIO, options: RecorderOptions = {}) {
    super();
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
  override toString(): string {
    return formatAccesses(this.accesses, this.#map === undefined ? {} : { map: this.#map });
  }

  protected readAccess(offset: number, width: Access['width']): Raw {
    const value = load({ io: this.#io, offset }, width);
    this.#keep('read', offset, width, value);
    return value;
  }

  protected writeAccess(offset: number, width: Access['width'], value: Raw): void {
    store({ io: this.#io, offset }, width, value);
    this.#keep('write', offset, width, value);
  }

  #keep(direction: Access['direction'], offset: number, width: Access['width'], value: Raw): void {
    this.accesses.push({ time: this.#clock.now() - this.#start, direction, offset, width, value });
  }
}
