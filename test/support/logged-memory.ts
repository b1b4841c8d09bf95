import type { RegisterIO } from 'mmapio';

/** Ordinary memory as a region that notes every access: `r32 0x4`, `w32 0x0 0x1`. */
export class LoggedMemory implements RegisterIO {
  readonly log: string[] = [];
  readonly #view: DataView;

  constructor(length: number) {
    this.#view = new DataView(new ArrayBuffer(length));
  }

  get length(): number {
    return this.#view.byteLength;
  }

  /** Sets memory without noting it, little-endian. */
  poke(offset: number, value: number | bigint, bits: 8 | 16 | 32 | 64 = 32): void {
    for (let byte = 0; byte < bits / 8; byte++) {
      this.#view.setUint8(offset + byte, Number((BigInt(value) >> BigInt(8 * byte)) & 0xffn));
    }
  }

  /** The accesses since the last call. */
  taken(): string[] {
    return this.log.splice(0);
  }

  readUint8(offset: number): number {
    this.log.push(`r8 0x${offset.toString(16)}`);
    return this.#view.getUint8(offset);
  }
  readUint16(offset: number): number {
    this.log.push(`r16 0x${offset.toString(16)}`);
    return this.#view.getUint16(offset, true);
  }
  readUint32(offset: number): number {
    this.log.push(`r32 0x${offset.toString(16)}`);
    return this.#view.getUint32(offset, true);
  }
  readUint64(offset: number): bigint {
    this.log.push(`r64 0x${offset.toString(16)}`);
    return this.#view.getBigUint64(offset, true);
  }
  writeUint8(offset: number, value: number): void {
    this.log.push(`w8 0x${offset.toString(16)} 0x${value.toString(16)}`);
    this.#view.setUint8(offset, value);
  }
  writeUint16(offset: number, value: number): void {
    this.log.push(`w16 0x${offset.toString(16)} 0x${value.toString(16)}`);
    this.#view.setUint16(offset, value, true);
  }
  writeUint32(offset: number, value: number): void {
    this.log.push(`w32 0x${offset.toString(16)} 0x${value.toString(16)}`);
    this.#view.setUint32(offset, value, true);
  }
  writeUint64(offset: number, value: bigint): void {
    this.log.push(`w64 0x${offset.toString(16)} 0x${value.toString(16)}`);
    this.#view.setBigUint64(offset, value, true);
  }
}
