import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { AbortError, MmapioError } from '../errors.js';
import type { RegisterIO } from '../register-io.js';
import type { Codec, FieldRecord } from './codec.js';
import type { FieldLayout, RegisterLayout } from './layout.js';
import type { UntilOptions } from './types.js';

type Raw = number | bigint;
type Content = FieldRecord | Raw;
type Condition = Content | ((content: Content) => boolean);

const hex = (value: Raw, width: number) => `0x${value.toString(16).padStart(width / 4, '0')}`;

/** A condition given as fields, checked for names before anything is read. */
function matcher(layout: RegisterLayout, condition: Condition): (content: Content) => boolean {
  if (typeof condition === 'function') return condition;
  if (typeof condition !== 'object') return (content) => content === condition;
  const wanted = Object.entries(condition).map(([name, value]) => {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined || !field.readable) {
      const why = field === undefined ? 'has no field' : 'cannot read the field';
      throw new MmapioError('ERR_NOT_FOUND', `${layout.name} ${why} '${name}'`);
    }
    return [name, typeof value === 'boolean' ? Number(value) : value] as const;
  });
  return (content) => wanted.every(([name, value]) => (content as FieldRecord)[name] === value);
}

/**
 * A register bound to a region. What each method does on the bus is documented where users see it, in types.ts.
 *
 * One class for every width and kind of register, so that call sites see one shape.
 */
export class Register {
  readonly path: string;
  readonly offset: number;
  readonly width: 8 | 16 | 32 | 64;
  readonly layout: RegisterLayout;
  private readonly io: RegisterIO;
  private readonly codec: Codec;
  private readonly mayRead: boolean;
  private readonly mayWrite: boolean;

  constructor(path: string, io: RegisterIO, offset: number, layout: RegisterLayout, codec: Codec) {
    this.path = path;
    this.offset = offset;
    this.width = layout.width;
    this.layout = layout;
    this.io = io;
    this.codec = codec;
    this.mayRead = layout.readable && layout.readEffect === undefined;
    this.mayWrite = layout.writable && layout.mustBeGiven.length === 0;
  }

  read(): Content {
    if (!this.mayRead) this.refuseRead();
    return this.codec.decode(this.load());
  }

  readValue(): Raw {
    if (!this.mayRead) this.refuseRead();
    return this.load();
  }

  readWithEffects(): Content {
    if (!this.layout.readable) this.refuseRead();
    return this.codec.decode(this.load());
  }

  write(content: Content): void {
    if (!this.mayWrite) this.checkWrite(content);
    if (typeof content === 'object') this.store(this.codec.encode(content, this.codec.base));
    else this.store(content);
  }

  writeValue(value: Raw): void {
    if (!this.layout.writable) this.refuseWrite();
    this.store(value);
  }

  modify(change: FieldRecord | ((value: Raw) => Raw)): void {
    if (!this.layout.writable) this.refuseWrite();
    if (!this.mayRead) this.refuseRead();
    if (typeof change === 'function') {
      this.store(change(this.load()));
      return;
    }
    // Bad fields are found before the read: a refused change must not have touched the device.
    this.codec.encode(change, this.codec.base);
    this.store(this.codec.encode(change, this.codec.keep(this.load())));
  }

  clear(...names: string[]): void {
    this.act('clear', 'oneToClear', 'zeroToClear', names);
  }

  set(...names: string[]): void {
    this.act('set', 'oneToSet', 'zeroToSet', names);
  }

  toggle(...names: string[]): void {
    this.act('toggle', 'oneToToggle', 'zeroToToggle', names);
  }

  async until(condition: Condition, options: UntilOptions = {}): Promise<Content> {
    const { timeout = 1000, interval = 0, signal } = options;
    if (!this.mayRead) this.refuseRead();
    const holds = matcher(this.layout, condition);
    const end = performance.now() + timeout;
    for (;;) {
      if (signal?.aborted) throw new AbortError(signal);
      // The time is taken before the read, so that at least one read comes after the last instant allowed.
      const late = performance.now() >= end;
      const value = this.load();
      const content = this.codec.decode(value);
      if (holds(content)) return content;
      if (late) throw this.timeoutError(timeout, value, content);
      await (interval > 0 ? sleep(interval) : turn());
    }
  }

  decode(value: Raw): Content {
    return this.codec.decode(value);
  }

  encode(content: Content): Raw {
    return typeof content === 'object' ? this.codec.encode(content, this.codec.base) : content;
  }

  /** Facts only: printing a register never reads it. */
  [inspect.custom](): string {
    return `Register ${this.path} (${this.width} bits at 0x${this.offset.toString(16)})`;
  }

  private load(): Raw {
    switch (this.width) {
      case 32:
        return this.io.readUint32(this.offset);
      case 16:
        return this.io.readUint16(this.offset);
      case 8:
        return this.io.readUint8(this.offset);
      default:
        return this.io.readUint64(this.offset);
    }
  }

  private store(value: Raw): void {
    switch (this.width) {
      case 32:
        this.io.writeUint32(this.offset, value as number);
        break;
      case 16:
        this.io.writeUint16(this.offset, value as number);
        break;
      case 8:
        this.io.writeUint8(this.offset, value as number);
        break;
      default:
        this.io.writeUint64(this.offset, value as bigint);
    }
  }

  private act(verb: string, byOne: string, byZero: string, names: string[]): void {
    const { layout } = this;
    if (!layout.writable) this.refuseWrite();
    const overwritten = layout.plain.filter((name) => !names.includes(name));
    if (overwritten.length > 0) {
      throw new MmapioError(
        'ERR_REGISTER_ACCESS',
        `${this.path}: a single write to ${verb} ${names.join(', ')} would overwrite ${overwritten.join(', ')}; ` +
          `use modify({ ${names.map((name) => `${name}: …`).join(', ')} })`,
      );
    }
    let bits = BigInt(this.codec.base);
    for (const name of names) {
      const { mask, modifiedWriteValues } = this.fieldNamed(name);
      if (modifiedWriteValues === byOne) bits |= mask;
      else if (modifiedWriteValues === byZero) bits &= ~mask;
      else if (modifiedWriteValues !== verb) {
        throw new MmapioError(
          'ERR_REGISTER_ACCESS',
          `${this.path}.${name} has no bits that a write would ${verb}`,
        );
      }
    }
    this.store(layout.width === 64 ? bits : Number(bits));
  }

  private fieldNamed(name: string): FieldLayout {
    const field = this.layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new MmapioError('ERR_NOT_FOUND', `${this.path} has no field '${name}'`);
    return field;
  }

  private refuseRead(): never {
    const { readable, readEffect } = this.layout;
    if (!readable) throw new MmapioError('ERR_REGISTER_ACCESS', `${this.path} is write-only`);
    throw new MmapioError('ERR_READ_EFFECT', `${readEffect}: use readWithEffects()`);
  }

  private refuseWrite(): never {
    throw new MmapioError('ERR_REGISTER_ACCESS', `${this.path} is read-only`);
  }

  private checkWrite(content: Content): void {
    if (!this.layout.writable) this.refuseWrite();
    if (typeof content !== 'object') return;
    const missing = this.layout.mustBeGiven.filter((name) => content[name] === undefined);
    if (missing.length > 0) {
      throw new MmapioError(
        'ERR_REGISTER_ACCESS',
        `${this.path}: ${missing.join(', ')} must be written back as read: use modify(), or give the value`,
      );
    }
  }

  private timeoutError(timeout: number, value: Raw, content: Content): MmapioError {
    const decoded =
      typeof content === 'object' ? ` ${inspect(content, { breakLength: Number.POSITIVE_INFINITY })}` : '';
    return new MmapioError(
      'ERR_TIMEOUT',
      `${this.path} did not get to the awaited value in ${timeout} ms; last read ${hex(value, this.width)}${decoded}`,
    );
  }
}
