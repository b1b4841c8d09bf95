/** One access at a device, as a program says it or as the witness saw it. */
export interface Access {
  write: boolean;
  /** Bytes. */
  width: number;
  /** Physical address. */
  address: number;
  /** `null` where a program did not look at what it read. */
  value: bigint | null;
}

const WRITE = 0x10;
const KNOWN = 0x20;
const WIDTH = 0x0f;

/** A long sequence of accesses in a few typed arrays, which is also how it travels from the board. */
export class AccessLog {
  length = 0;
  #addresses = new Float64Array(1024);
  #values = new BigUint64Array(1024);
  #facts = new Uint8Array(1024);

  push(write: boolean, width: number, address: number, value: bigint | null): void {
    if (this.length === this.#facts.length) this.#grow();
    this.#addresses[this.length] = address;
    this.#values[this.length] = value ?? 0n;
    this.#facts[this.length] = width | (write ? WRITE : 0) | (value === null ? 0 : KNOWN);
    this.length++;
  }

  at(index: number): Access {
    const facts = this.#facts[index] ?? 0;
    return {
      write: (facts & WRITE) !== 0,
      width: facts & WIDTH,
      address: this.#addresses[index] ?? Number.NaN,
      value: (facts & KNOWN) === 0 ? null : (this.#values[index] ?? 0n),
    };
  }

  addressAt(index: number): number {
    return this.#addresses[index] ?? Number.NaN;
  }

  /** Whether an access of this log is the same as one of another; a value nobody looked at is the same as any. */
  same(index: number, other: AccessLog, otherIndex: number): boolean {
    const mine = this.#facts[index] ?? 0;
    const its = other.#facts[otherIndex] ?? 0;
    if (((mine ^ its) & (WRITE | WIDTH)) !== 0) return false;
    if (this.#addresses[index] !== other.#addresses[otherIndex]) return false;
    return (mine & its & KNOWN) === 0 || this.#values[index] === other.#values[otherIndex];
  }

  append(other: AccessLog, start = 0, end: number = other.length): void {
    for (let index = start; index < end; index++) {
      const { write, width, address, value } = other.at(index);
      this.push(write, width, address, value);
    }
  }

  /** The log as bytes: 17 for each access. */
  *encode(): Generator<Uint8Array> {
    for (const column of [this.#addresses, this.#values, this.#facts]) {
      yield new Uint8Array(column.buffer, 0, this.length * column.BYTES_PER_ELEMENT);
    }
  }

  static decode(bytes: Uint8Array, length: number): AccessLog {
    if (bytes.length !== length * 17) {
      throw new Error(`A log of ${length} accesses has ${length * 17} bytes, not ${bytes.length}`);
    }
    const log = new AccessLog();
    const copy = new Uint8Array(bytes).buffer;
    log.#addresses = new Float64Array(copy, 0, length);
    log.#values = new BigUint64Array(copy, length * 8, length);
    log.#facts = new Uint8Array(copy, length * 16, length);
    log.length = length;
    return log;
  }

  #grow(): void {
    const size = this.length * 2;
    const grown = <T extends { set(other: T): void }>(larger: T, column: T): T => {
      larger.set(column);
      return larger;
    };
    this.#addresses = grown(new Float64Array(size), this.#addresses);
    this.#values = grown(new BigUint64Array(size), this.#values);
    this.#facts = grown(new Uint8Array(size), this.#facts);
  }
}

/** An access as a reader sees it in a report. */
export function describe({ write, width, address, value }: Access): string {
  const what = value === null ? '' : ` 0x${value.toString(16)}`;
  return `${write ? 'write' : 'read'}${width * 8}${what} at 0x${address.toString(16)}`;
}
