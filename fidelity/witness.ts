import { AccessLog } from './access-log.js';

/** QEMU's arguments that make it write down every access of every device. */
export const traceArguments = ['-trace', 'memory_region_ops_read', '-trace', 'memory_region_ops_write'];

/** The devices whose accesses are of interest, as QEMU calls their regions. */
const REGIONS = ['nvme-cmb', 'edu-mmio', 'sdhci', 'pl061', 'fwcfg.data'];

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const START = Buffer.from('memory_region_ops_');
const ENDS = REGIONS.map((name) => Buffer.from(` name '${name}'`));

/**
 * Reads QEMU's trace as it comes, hundreds of megabytes of it, and keeps the accesses of the devices of interest:
 * one log for each stretch between two marks. A program sets a mark by writing a number to a register of its own, see isMark.
 */
export class Witness {
  /** By the number of the mark before them; number 0 is what was seen outside any program's patterns. */
  readonly segments = new Map<number, AccessLog>();
  #current = this.#begin(0);
  #rest: Buffer = Buffer.alloc(0);

  receive(data: Buffer): void {
    const bytes = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#line(bytes, start, end);
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
  }

  #line(bytes: Buffer, start: number, end: number): void {
    if (!starts(bytes, start, START) || !ENDS.some((name) => starts(bytes, end - name.length, name))) return;
    // memory_region_ops_read cpu 0 mr 0x55dd60c9ada0 addr 0xfea00003 value 0xab size 1 name 'nvme-cmb'
    const write = bytes[start + START.length] === 0x77;
    const fields = new Fields(bytes, start);
    fields.skip(6);
    const address = fields.hexadecimal();
    fields.skip(1);
    const value = fields.hexadecimal64();
    fields.skip(1);
    const width = (bytes[fields.position] ?? 0) - 0x30;
    if (write && width === 4 && isMark(address)) {
      this.#current = this.#begin(Number(value));
    } else {
      // a device may answer with more bits than it was asked for, which go nowhere
      this.#current.push(write, width, address, BigInt.asUintN(8 * width, value));
    }
  }

  #begin(mark: number): AccessLog {
    const log = this.segments.get(mark) ?? new AccessLog();
    this.segments.set(mark, log);
    return log;
  }
}

/** Whether it is the last register of the NVMe controller's 1 MiB memory buffer. */
function isMark(address: number): boolean {
  return address % 0x100000 === 0xffffc;
}

function starts(bytes: Buffer, at: number, prefix: Buffer): boolean {
  if (at < 0 || at + prefix.length > bytes.length) return false;
  return bytes.compare(prefix, 0, prefix.length, at, at + prefix.length) === 0;
}

/** The words of a line, one after the other. */
class Fields {
  position: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  skip(words: number): void {
    for (let word = 0; word < words; word++) this.position = this.#bytes.indexOf(SPACE, this.position) + 1;
  }

  /** A number of up to 52 bits, behind its 0x. */
  hexadecimal(): number {
    let value = 0;
    let at = this.position + 2;
    for (; this.#bytes[at] !== SPACE; at++) value = value * 16 + digit(this.#bytes[at] ?? 0);
    this.position = at + 1;
    return value;
  }

  hexadecimal64(): bigint {
    const start = this.position;
    const end = this.#bytes.indexOf(SPACE, start);
    if (end - start <= 2 + 13) return BigInt(this.hexadecimal());
    this.position = end + 1;
    return BigInt(this.#bytes.toString('latin1', start, end));
  }
}

function digit(character: number): number {
  return character <= 0x39 ? character - 0x30 : (character | 0x20) - 0x57;
}
