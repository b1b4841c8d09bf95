import { writeSync } from 'node:fs';
import type { AccessLog } from '../access-log.js';
import type { MismatchKind } from '../compare.js';

/** What a program says it did between one mark and the next. */
export interface Segment {
  name: string;
  /** The number of the mark before it. */
  mark: number;
  /** Where it is in the log. */
  start: number;
  end: number;
  /** Several threads did it, each on a stretch of addresses of its own, of this many bytes. */
  stretch?: number | undefined;
  /** The program does something else than it says on purpose: what that must be found to be. */
  expected?: MismatchKind | undefined;
}

export interface StatementHeader {
  runtime: string;
  engine: string;
  segments: Segment[];
  accesses: number;
}

export type Width = 1 | 2 | 4 | 8;

/** Where accesses go, as far as a statement is concerned. */
export interface Place {
  /** Physical address of the region's byte 0. */
  physical: number;
  /** The witness shows the device's values, and the device is big-endian. */
  bigEndian: boolean;
}

/** Says accesses, after they were done: nothing of this runs while a pattern does. */
export class Say {
  readonly log: AccessLog;
  /** Width where none is given. */
  width: Width = 4;
  readonly #place: Place;

  constructor(log: AccessLog, place: Place) {
    this.log = log;
    this.#place = place;
  }

  /** Without a value: the program did not look at it. */
  read(offset: number, value?: number | bigint, width = this.width): void {
    this.log.push(
      false,
      width,
      this.#place.physical + offset,
      value === undefined ? null : this.#value(value, width),
    );
  }

  write(offset: number, value: number | bigint | undefined, width = this.width): void {
    this.log.push(true, width, this.#place.physical + offset, this.#value(value ?? 0, width));
  }

  /** A write of a value that the program did not look at. */
  writeUnknown(offset: number): void {
    this.log.push(true, this.width, this.#place.physical + offset, null);
  }

  /** The value as it is on its way to a register of the other byte order. */
  swapped(value: number | bigint | undefined): bigint {
    return swapped(BigInt(value ?? 0), this.width);
  }

  #value(value: number | bigint, width: Width): bigint {
    const plain = BigInt.asUintN(width * 8, BigInt(value));
    return this.#place.bigEndian ? swapped(plain, width) : plain;
  }
}

/** A value with its bytes in the other order. */
function swapped(value: bigint, width: Width): bigint {
  let result = 0n;
  for (let byte = 0n; byte < width; byte++) result = (result << 8n) | ((value >> (8n * byte)) & 0xffn);
  return result;
}

/** Sends a statement to the host: a line of JSON, then the log. */
export function sendStatement(header: Omit<StatementHeader, 'accesses'>, log: AccessLog): void {
  writeAll(Buffer.from(`${JSON.stringify({ ...header, accesses: log.length })}\n`));
  for (const bytes of log.encode()) writeAll(bytes);
}

function writeAll(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(1, bytes, done, Math.min(65536, bytes.length - done));
}
