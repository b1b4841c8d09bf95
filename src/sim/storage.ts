import {
  type Content,
  checkMembers,
  decode,
  type FieldRecord,
  type Raw,
  toRaw,
  writtenValue,
} from '../registers/codec.js';
import type { ModifiedWriteValues } from '../registers/description.js';
import { type FieldLayout, ones, type RegisterLayout } from '../registers/layout.js';

/** What bits hold after a write, by the rule that applies to them. */
function afterWrite(rule: ModifiedWriteValues, old: bigint, written: bigint, mask: bigint): bigint {
  switch (rule) {
    case 'oneToClear':
      return old & ~written;
    case 'oneToSet':
      return old | written;
    case 'oneToToggle':
      return old ^ written;
    case 'zeroToClear':
      return old & written;
    case 'zeroToSet':
      return old | ~written;
    case 'zeroToToggle':
      return old ^ ~written;
    case 'clear':
      return 0n;
    case 'set':
      return mask;
    default:
      return written;
  }
}

/** What one register of a simulated device holds, and the rules by which accesses change it. */
export class Storage {
  readonly layout: RegisterLayout;
  #value: bigint;
  /** Fields of which only the first write counts and that have had it. */
  readonly #written = new Set<FieldLayout>();

  constructor(layout: RegisterLayout) {
    this.layout = layout;
    this.#value = layout.reset;
  }

  reset(): void {
    this.#value = this.layout.reset;
    this.#written.clear();
  }

  /** What it holds, whatever software may read. */
  get value(): bigint {
    return this.#value;
  }

  set value(value: bigint) {
    this.#value = value & ones(this.layout.width);
  }

  /** The fields that it holds, those that software cannot read included. */
  get fields(): Content {
    const { layout } = this;
    const open = { ...layout, fields: layout.fields.map((field) => ({ ...field, readable: true })) };
    return decode(open, toRaw(layout, this.#value));
  }

  /** Puts in what the device itself does: any field, whatever software may write. */
  put(content: Content): void {
    if (typeof content !== 'object') {
      this.value = BigInt(content);
      return;
    }
    const { layout } = this;
    const open = layout.fields.map((field) => ({
      ...field,
      writable: true,
      range: undefined,
      onlyEnumerated: false,
    }));
    checkMembers({ ...layout, fields: open }, content);
    for (const field of open) {
      const part = (content as FieldRecord)[field.name];
      if (part === undefined) continue;
      this.value =
        (this.#value & ~field.mask) | (writtenValue(layout.name, field, part) << BigInt(field.lsb));
    }
  }

  /** A read by software: what it sees, and what the read itself changes. */
  read(): bigint {
    const { layout } = this;
    if (layout.fields.length === 0) {
      const seen = this.#value;
      if (layout.readAction === 'clear') this.value = 0n;
      if (layout.readAction === 'set') this.value = ones(layout.width);
      return seen;
    }
    let seen = this.#value;
    for (const { readable, readAction, mask } of layout.fields) {
      if (!readable) seen &= ~mask;
      else if (readAction === 'clear') this.value = this.#value & ~mask;
      else if (readAction === 'set') this.value = this.#value | mask;
    }
    return seen;
  }

  /** A write by software, each field by its own rule. Bits without a field keep what they hold. */
  write(value: Raw): void {
    const { layout } = this;
    const written = BigInt(value);
    if (layout.fields.length === 0) {
      this.value = afterWrite(layout.modifiedWriteValues, this.#value, written, ones(layout.width));
      return;
    }
    const old = this.#value;
    for (const field of layout.fields) {
      if (!field.writable || this.#written.has(field)) continue;
      if (field.once) this.#written.add(field);
      const { mask, modifiedWriteValues } = field;
      this.value = (this.#value & ~mask) | (afterWrite(modifiedWriteValues, old, written, mask) & mask);
    }
  }
}
