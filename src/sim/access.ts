import { inspect } from 'node:util';
import { MmapioError } from '../errors.js';
import { swapped } from '../registers/byte-order.js';
import { decode, type Raw, toRaw } from '../registers/codec.js';
import type { MapEntry } from '../registers/map.js';
import type { DescribedRegisters } from './device.js';

/** One access of a region. */
export interface Access {
  /** Milliseconds since the recording began. */
  time: number;
  direction: 'read' | 'write';
  /** Bytes from the start of the region. */
  offset: number;
  /** Bits. */
  width: 8 | 16 | 32 | 64;
  /** What was read or written. */
  value: Raw;
}

const hexOf = (value: Raw, width: number) => `0x${value.toString(16).padStart(width / 4, '0')}`;

/** Finds the registers that accesses hit. */
export class Decoder {
  readonly #entries = new Map<string, MapEntry[]>();

  constructor(map: DescribedRegisters | undefined) {
    for (const entry of map?.entries() ?? []) {
      const key = `${entry.offset}/${entry.layout.width}`;
      const there = this.#entries.get(key);
      if (there === undefined) this.#entries.set(key, [entry]);
      else there.push(entry);
    }
  }

  /** The register that an access hits: of several at one place, the first that allows its direction. */
  entry({ offset, width, direction }: Omit<Access, 'time' | 'value'>): MapEntry | undefined {
    const there = this.#entries.get(`${offset}/${width}`);
    return (
      there?.find(({ layout }) => (direction === 'read' ? layout.readable : layout.writable)) ?? there?.[0]
    );
  }

  /** The value as the register has it, in the byte order of its block. */
  valueOf(access: Access, entry: MapEntry): Raw {
    const value = BigInt(access.value);
    return toRaw(entry.layout, entry.byteOrder === 'big' ? swapped(value, access.width) : value);
  }

  /** `CTRL ENABLE=1 MODE=periodic`; undefined where no register is hit. */
  describe(access: Access): string | undefined {
    const entry = this.entry(access);
    if (entry === undefined) return undefined;
    const all = entry.layout.fields.map((field) => ({ ...field, readable: true }));
    const content = decode({ ...entry.layout, fields: all }, this.valueOf(access, entry));
    if (typeof content !== 'object') return entry.path;
    return [entry.path, ...Object.entries(content).map(([name, value]) => `${name}=${value}`)].join(' ');
  }
}

/** `w32 0x0010 0x00000303`, without the time. */
export function accessText({ direction, width, offset, value }: Omit<Access, 'time'>): string {
  return `${direction === 'read' ? 'r' : 'w'}${width} 0x${offset.toString(16).padStart(4, '0')} ${hexOf(value, width)}`;
}

/**
 * A recording as text, one access a line: milliseconds, `r` or `w` with the width, offset, value, and after `#` the
 * register and its fields where a map is given. Made for reading in a diff.
 *
 *     0.012 w32 0x0000 0x00000303  # CTRL ENABLE=1 MODE=periodic PRESCALE=3
 *
 * @param options.times - false leaves the times out, so that two runs of one driver give the same text
 */
export function formatAccesses(
  accesses: Iterable<Access>,
  options: { map?: DescribedRegisters; times?: boolean } = {},
): string {
  const decoder = new Decoder(options.map);
  let text = '';
  for (const access of accesses) {
    const time = options.times === false ? '' : `${access.time.toFixed(3)} `;
    const meaning = decoder.describe(access);
    text += `${time}${accessText(access)}${meaning === undefined ? '' : `  # ${meaning}`}\n`;
  }
  return text;
}

const LINE = /^(?:(\d+(?:\.\d+)?) +)?([rw])(8|16|32|64) +(0x[0-9a-f]+|\d+) +(0x[0-9a-f]+|\d+) *(?:#.*)?$/i;

/**
 * Reads what {@link formatAccesses} wrote, or a person did: times may be missing, `#` begins a comment, empty lines
 * count for nothing.
 *
 * @throws MmapioError `ERR_INVALID_ARGUMENT` naming the line
 */
export function parseAccesses(text: string): Access[] {
  const accesses: Access[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const match = LINE.exec(trimmed);
    const width = Number(match?.[3]) as Access['width'];
    const value = BigInt(match?.[5] ?? 0);
    if (match === null || value >> BigInt(width) !== 0n) {
      throw new MmapioError(
        'ERR_INVALID_ARGUMENT',
        `line ${index + 1}: ${inspect(trimmed)} is not an access such as 'r32 0x10 0x1'`,
      );
    }
    accesses.push({
      time: Number(match[1] ?? accesses.at(-1)?.time ?? 0),
      direction: match[2]?.toLowerCase() === 'r' ? 'read' : 'write',
      offset: Number(match[4]),
      width,
      value: width === 64 ? value : Number(value),
    });
  }
  return accesses;
}
