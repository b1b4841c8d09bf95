import { hex } from '../check.js';
import { BusError, MmapioError } from '../errors.js';

/** How a target is accessed. Numbers, so that the hot path compares small integers. */
export const WINDOW = 0;
export const NATIVE = 1;
export const BUFFER = 2;
export type TargetKind = typeof WINDOW | typeof NATIVE | typeof BUFFER;

export type Access = 'read-write' | 'read';

/** Where the accesses of regions go: a mapping, or an ordinary buffer. */
export interface TargetFacts {
  kind: TargetKind;
  /** The file or device, for messages. */
  name: string;
  /**
   * Where byte 0 of the target is: an address of the window (WINDOW), a byte of the slot's pages (NATIVE), or a byte of
   * the ArrayBuffer (BUFFER).
   */
  base: number;
  length: number;
  access: Access;
  /** Slot in the native core's table of mappings; -1 for a buffer. */
  slot: number;
  /** Where byte 0 is in the pages of the slot. */
  offsetInSlot: number;
  /** The memory of a buffer; `undefined` for a mapping. */
  buffer?: ArrayBufferLike;
}

/**
 * One class, and so one object shape, for the targets of both engines and for ordinary buffers: an accessor that sees
 * several shapes is up to four times slower.
 */
export class Target {
  readonly kind: TargetKind;
  readonly name: string;
  readonly base: number;
  readonly length: number;
  readonly writable: boolean;
  readonly slot: number;
  readonly offsetInSlot: number;
  /** False once closed or dead; looked at before every load. */
  live = true;
  /** `live` and writable in one, looked at before every store. */
  storable: boolean;
  closed = false;
  /** Byte offset of the bus error that this target died of. */
  #faultOffset: number | undefined = undefined;

  /** The same memory in each width, for BUFFER; empty otherwise. */
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly quads: BigUint64Array;

  constructor(facts: TargetFacts) {
    this.kind = facts.kind;
    this.name = facts.name;
    this.base = facts.base;
    this.length = facts.length;
    this.writable = facts.access === 'read-write';
    this.storable = this.writable;
    this.slot = facts.slot;
    this.offsetInSlot = facts.offsetInSlot;
    const buffer = facts.buffer ?? NO_MEMORY;
    this.bytes = new Uint8Array(buffer, 0, buffer.byteLength);
    this.halves = new Uint16Array(buffer, 0, Math.floor(buffer.byteLength / 2));
    this.words = new Uint32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
    this.quads = new BigUint64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
  }

  get access(): Access {
    return this.writable ? 'read-write' : 'read';
  }

  /** Marks it dead and returns the error to throw. `offset` counts from the target's first byte. */
  die(offset: number): BusError {
    this.#end();
    this.#faultOffset = offset;
    return new BusError(
      this.name,
      offset,
      `Bus error at offset ${hex(offset)} of ${this.name}: nothing answered there (no device at that address, ` +
        'a device that is gone, or a file that was truncated). The mapping is dead: close it and open it again',
    );
  }

  close(): void {
    this.#end();
    this.closed = true;
  }

  #end(): void {
    this.live = false;
    this.storable = false;
  }

  /** The error for an access to a target that is not live. */
  whyNotLive(): MmapioError {
    if (this.closed || this.#faultOffset === undefined) {
      return new MmapioError('ERR_CLOSED', `The mapping of ${this.name} is closed`);
    }
    return new BusError(
      this.name,
      this.#faultOffset,
      `The mapping of ${this.name} is dead since a bus error at offset ${hex(this.#faultOffset)}: ` +
        'close it and open it again',
    );
  }
}

const NO_MEMORY = new ArrayBuffer(0);
