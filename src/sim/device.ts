import { MmapioError } from '../errors.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import { swapped } from '../registers/byte-order.js';
import { type Content, decode, type FieldRecord, type Raw, toRaw } from '../registers/codec.js';
import type { MapEntry } from '../registers/map.js';
import { type Clock, SteppedClock } from './clock.js';
import { SimulatedInterrupt } from './interrupt.js';
import { Region } from './region.js';
import { Storage } from './storage.js';

/** The part of a register map that a simulated device is made from: any `RegisterMap` has it. */
export interface DescribedRegisters {
  readonly name: string | undefined;
  readonly length: number;
  entries(): Iterable<MapEntry>;
}

/** A write by software, as a handler sees it: the register already holds the result. */
export interface WriteEvent {
  /** The register: `CHANNEL[2].LEN`. */
  readonly path: string;
  /** The value written. */
  readonly value: Raw;
  /** The value written, by fields; empty where there are none. */
  readonly fields: FieldRecord;
  /** What the register held before. */
  readonly old: Raw;
}

/** What a device does when software reads a register, before it answers; a result becomes the register's content. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler may simply return nothing
export type ReadHandler = (event: { readonly path: string }) => Content | undefined | void;
export type WriteHandler = (event: WriteEvent) => void;

export interface SimulationOptions {
  /** Bytes of the region; at least the map's. */
  length?: number;
  /** Where time comes from; a {@link SteppedClock} of its own when absent. */
  clock?: Clock;
}

interface Simulated {
  entry: MapEntry;
  storage: Storage;
}

/**
 * A device made from a register map: a region whose registers follow the map's rules, behaviour given by
 * handlers, time that can be stepped, and an interrupt.
 *
 * It stands in for a real device wherever a driver takes a `RegisterIO`, an `InterruptSource`, or a device with
 * `regs()`. An access that hits no register with its exact offset and width, reads what is write-only, or writes
 * what is read-only, is an error: a driver that does it would surprise on real hardware.
 */
export class SimulatedDevice extends Region implements InterruptSource {
  readonly length: number;
  readonly clock: Clock;
  /** The device's side of its interrupt. */
  readonly interrupt: SimulatedInterrupt;
  readonly #name: string;
  readonly #byPath = new Map<string, Simulated>();
  readonly #byOffset = new Map<number, Simulated[]>();
  readonly #reads = new Map<string, ReadHandler>();
  readonly #writes = new Map<string, WriteHandler>();
  readonly #timers = new Set<() => void>();

  constructor(map: DescribedRegisters, options: SimulationOptions = {}) {
    super();
    this.#name = map.name ?? 'simulated device';
    this.length = options.length ?? map.length;
    if (this.length < map.length) {
      throw new MmapioError(
        'ERR_OUT_OF_RANGE',
        `${this.#name} needs ${map.length} bytes, got ${this.length}`,
      );
    }
    this.clock = options.clock ?? new SteppedClock();
    this.interrupt = new SimulatedInterrupt(this.clock);
    for (const entry of map.entries()) {
      const simulated = { entry, storage: new Storage(entry.layout) };
      this.#byPath.set(entry.path, simulated);
      const there = this.#byOffset.get(entry.offset);
      if (there === undefined) this.#byOffset.set(entry.offset, [simulated]);
      else there.push(simulated);
    }
  }

  // ---- the device's side ----------------------------------------------------------------------------------

  /** What a register holds, all its fields, without the effects of a read. */
  peek(path: string): Content {
    return this.#at(path).storage.fields;
  }

  /** What a register holds, as the raw value, without the effects of a read. */
  peekValue(path: string): Raw {
    const { storage } = this.#at(path);
    return toRaw(storage.layout, storage.value);
  }

  /** Puts fields or a whole value into a register, whatever software may write. */
  poke(path: string, content: Content): void {
    this.#at(path).storage.put(content);
  }

  /**
   * Behaviour on reads of a register, by its path. `CHANNEL[].LEN` names the register of every element.
   *
   * @throws MmapioError `ERR_NOT_FOUND` where the map has no such register
   */
  onRead(path: string, handler: ReadHandler): this {
    this.#checkPath(path);
    this.#reads.set(path, handler);
    return this;
  }

  /** Behaviour on writes to a register, by its path. `CHANNEL[].LEN` names the register of every element. */
  onWrite(path: string, handler: WriteHandler): this {
    this.#checkPath(path);
    this.#writes.set(path, handler);
    return this;
  }

  /** Does something `delay` milliseconds of the device's time from now; the result cancels it. */
  after(delay: number, action: () => void): () => void {
    const stop = this.clock.after(delay, () => {
      this.#timers.delete(stop);
      action();
    });
    this.#timers.add(stop);
    return () => {
      this.#timers.delete(stop);
      stop();
    };
  }

  /** Does something every `period` milliseconds of the device's time; the result ends it. */
  every(period: number, action: () => void): () => void {
    if (!(period > 0))
      throw new MmapioError('ERR_INVALID_ARGUMENT', `period is ${period}: it takes milliseconds`);
    let stop: () => void;
    const tick = () => {
      stop = this.after(period, tick);
      action();
    };
    stop = this.after(period, tick);
    return () => stop();
  }

  /** Lets time pass for the device. Its clock must be a {@link SteppedClock}. */
  advance(duration: number): void {
    if (!(this.clock instanceof SteppedClock)) {
      throw new MmapioError('ERR_UNSUPPORTED', `The clock of ${this.#name} cannot be stepped`);
    }
    this.clock.advance(duration);
  }

  /** Puts every register back to its value after reset; bits of which that is not known become 0. */
  reset(): void {
    for (const { storage } of this.#byPath.values()) storage.reset();
  }

  /** Ends timers, waits and loops. */
  close(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
    this.interrupt.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // ---- software's side ------------------------------------------------------------------------------------

  /** The region itself, as `Uio.regs()` gives a real one. */
  regs(): this {
    return this;
  }

  irqOn(): void {
    this.interrupt.irqOn();
  }
  irqOff(): void {
    this.interrupt.irqOff();
  }
  waitIrq(options?: WaitOptions): Promise<number | null> {
    return this.interrupt.waitIrq(options);
  }
  interrupts(options?: InterruptOptions): AsyncGenerator<Interrupt, void, void> {
    return this.interrupt.interrupts(options);
  }

  protected readAccess(offset: number, width: number): Raw {
    const { entry, storage } = this.#hit(offset, width, 'read');
    const handler = this.#reads.get(entry.path) ?? this.#reads.get(entry.layout.name);
    const content = handler?.({ path: entry.path });
    if (content !== undefined) storage.put(content);
    const value = storage.read();
    return toRaw(storage.layout, entry.byteOrder === 'big' ? swapped(value, width) : value);
  }

  protected writeAccess(offset: number, width: number, value: Raw): void {
    checkValue(value, width);
    const { entry, storage } = this.#hit(offset, width, 'write');
    const { layout } = storage;
    const written = toRaw(layout, entry.byteOrder === 'big' ? swapped(BigInt(value), width) : BigInt(value));
    const old = toRaw(layout, storage.value);
    storage.write(written);
    const handler = this.#writes.get(entry.path) ?? this.#writes.get(layout.name);
    if (handler === undefined) return;
    const open = { ...layout, fields: layout.fields.map((field) => ({ ...field, readable: true })) };
    const fields = decode(open, written);
    handler({ path: entry.path, value: written, fields: typeof fields === 'object' ? fields : {}, old });
  }

  /** The register that an access hits: of several at one offset, the first that allows it. */
  #hit(offset: number, width: number, direction: 'read' | 'write'): Simulated {
    const there = (this.#byOffset.get(offset) ?? []).filter(({ entry }) => entry.layout.width === width);
    const allowed = there.find(({ entry }) =>
      direction === 'read' ? entry.layout.readable : entry.layout.writable,
    );
    if (allowed !== undefined) return allowed;
    const access = `a ${width}-bit ${direction} at 0x${offset.toString(16)}`;
    const [only] = there;
    if (only !== undefined) {
      const rule = direction === 'read' ? 'write-only' : 'read-only';
      throw new MmapioError(
        'ERR_REGISTER_ACCESS',
        `${this.#name}: ${access}, but ${only.entry.path} is ${rule}`,
      );
    }
    throw new MmapioError('ERR_OUT_OF_RANGE', `${this.#name}: ${access} hits no register`);
  }

  #at(path: string): Simulated {
    const found = this.#byPath.get(path);
    if (found === undefined)
      throw new MmapioError('ERR_NOT_FOUND', `${this.#name} has no register '${path}'`);
    return found;
  }

  #checkPath(path: string): void {
    if (this.#byPath.has(path)) return;
    for (const { entry } of this.#byPath.values()) if (entry.layout.name === path) return;
    this.#at(path);
  }
}

function checkValue(value: Raw, width: number): void {
  const fits =
    width === 64
      ? typeof value === 'bigint' && value === BigInt.asUintN(64, value)
      : Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** width;
  if (!fits) throw new MmapioError('ERR_INVALID_VALUE', `${String(value)} is not a value of ${width} bits`);
}
