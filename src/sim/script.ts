import { MmapioError } from '../errors.js';
import { swapped } from '../registers/byte-order.js';
import { type Content, encode, type Raw, toRaw } from '../registers/codec.js';
import type { MapEntry } from '../registers/map.js';
import { type Access, accessText, Decoder, parseAccesses } from './access.js';
import type { DescribedRegisters } from './device.js';
import { Region } from './region.js';

/** An access that a script expects. A read is answered with the value; a write must have it. */
export type ExpectedAccess = Omit<Access, 'time'>;

export interface ScriptOptions {
  /** Decodes accesses in messages, and gives the region its length. */
  map?: DescribedRegisters;
  /** Bytes of the region; the map's, or up to the end of the last expected access, when absent. */
  length?: number;
}

/**
 * A region that answers exactly the accesses it was told of, in their order: a recording to replay, or a list
 * written by hand. Any other access throws `ERR_UNEXPECTED_ACCESS`, with what was expected and what came side by
 * side, and so does {@link Script.finish} where accesses are missing.
 */
export class Script extends Region {
  readonly length: number;
  readonly #expected: readonly ExpectedAccess[];
  readonly #decoder: Decoder;
  readonly #came: ExpectedAccess[] = [];
  #failed = false;

  /** @param expected - accesses, or the text form of a recording */
  constructor(expected: readonly ExpectedAccess[] | string, options: ScriptOptions = {}) {
    super();
    this.#expected = typeof expected === 'string' ? parseAccesses(expected) : expected;
    this.#decoder = new Decoder(options.map);
    const end = this.#expected.reduce((most, { offset, width }) => Math.max(most, offset + width / 8), 0);
    this.length = options.length ?? options.map?.length ?? end;
  }

  /** Checks that everything expected has come. */
  finish(): void {
    if (this.#failed || this.#came.length === this.#expected.length) return;
    const missing = this.#expected.length - this.#came.length;
    this.#fail(`${missing} expected ${missing === 1 ? 'access' : 'accesses'} did not come`);
  }

  /** As {@link finish}: `using script = …` checks at the end of the block. */
  [Symbol.dispose](): void {
    this.finish();
  }

  protected readAccess(offset: number, width: Access['width']): Raw {
    const expected = this.#expected[this.#came.length];
    const value = BigInt(expected?.direction === 'read' ? expected.value : 0);
    const answer = width === 64 ? value : Number(value);
    this.#check({ direction: 'read', offset, width, value: answer });
    return answer;
  }

  protected writeAccess(offset: number, width: Access['width'], value: Raw): void {
    this.#check({ direction: 'write', offset, width, value });
  }

  #check(access: ExpectedAccess): void {
    const expected = this.#expected[this.#came.length];
    this.#came.push(access);
    if (!matches(expected, access)) this.#fail(`access ${this.#came.length} is not the expected one`);
  }

  #fail(problem: string): never {
    // The first difference is the one that matters: finish() does not report its consequences as well.
    this.#failed = true;
    throw new MmapioError('ERR_UNEXPECTED_ACCESS', `${problem}\n${this.#sideBySide()}`);
  }

  /** What was expected and what came, around the first difference, which is where a missing access would be. */
  #sideBySide(): string {
    const last = this.#came.length;
    const first = Math.max(0, last - LINES_BEFORE);
    const count = Math.min(Math.max(this.#expected.length, last), last + LINES_AFTER) - first;
    const rows = Array.from({ length: count }, (_, row) => {
      const index = first + row;
      const came = this.#came[index];
      const different = index >= last || (index === last - 1 && !matches(this.#expected[index], came));
      return {
        left: this.#text(this.#expected[index]),
        right: this.#text(came),
        mark: different ? '>' : ' ',
      };
    });
    const width = Math.max('expected'.length, ...rows.map(({ left }) => left.length));
    return [
      `    ${'expected'.padEnd(width)}   came`,
      ...rows.map(({ left, right, mark }) => `  ${mark} ${left.padEnd(width)}   ${right}`),
    ].join('\n');
  }

  #text(access: ExpectedAccess | undefined): string {
    if (access === undefined) return '-';
    const meaning = this.#decoder.describe({ ...access, time: 0 });
    return `${accessText(access)}${meaning === undefined ? '' : ` ${meaning}`}`;
  }
}

/** Lines of a report before and after the first difference. */
const LINES_BEFORE = 8;
const LINES_AFTER = 8;

const matches = (expected: ExpectedAccess | undefined, came: ExpectedAccess | undefined) =>
  expected !== undefined &&
  came !== undefined &&
  expected.direction === came.direction &&
  expected.offset === came.offset &&
  expected.width === came.width &&
  BigInt(expected.value) === BigInt(came.value);

/** Expected accesses by the names of a register map. */
export class Expect {
  readonly #entries: ReadonlyMap<string, MapEntry>;

  constructor(map: DescribedRegisters) {
    this.#entries = new Map(Array.from(map.entries(), (entry) => [entry.path, entry]));
  }

  /** A read of a register, which is answered with these fields or this value. Fields left out are 0. */
  read(path: string, content: Content): ExpectedAccess {
    return this.#access('read', path, content, 0n);
  }

  /** A write of a register with these fields or this value. Fields left out have what `write` gives them. */
  write(path: string, content: Content): ExpectedAccess {
    return this.#access('write', path, content, this.#entry(path).layout.base);
  }

  #access(direction: Access['direction'], path: string, content: Content, start: bigint): ExpectedAccess {
    const { layout, offset, byteOrder } = this.#entry(path);
    let value: bigint;
    if (typeof content === 'object') {
      const fields = layout.fields.map((field) => ({
        ...field,
        writable: true,
        range: undefined,
        onlyEnumerated: false,
      }));
      const { mask, bits } = encode({ ...layout, fields }, content);
      value = (start & ~mask) | bits;
    } else value = BigInt(content);
    if (byteOrder === 'big') value = swapped(value, layout.width);
    return { direction, offset, width: layout.width, value: toRaw(layout, value) };
  }

  #entry(path: string): MapEntry {
    const entry = this.#entries.get(path);
    if (entry === undefined)
      throw new MmapioError('ERR_NOT_FOUND', `The register map has no register '${path}'`);
    return entry;
  }
}
