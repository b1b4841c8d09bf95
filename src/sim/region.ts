import type { RegisterIO } from '../register-io.js';
import type { Raw } from '../registers/codec.js';
import type { Access } from './access.js';

/** A region whose accesses of all widths go through two methods. */
export abstract class Region implements RegisterIO {
  abstract readonly length: number;

  /** Answers one read: a bigint for 64 bits, a number otherwise. */
  protected abstract readAccess(offset: number, width: Access['width']): Raw;
  /** Takes one write. */
  protected abstract writeAccess(offset: number, width: Access['width'], value: Raw): void;

  readUint8(offset: number): number {
    return this.readAccess(offset, 8) as number;
  }
  readUint16(offset: number): number {
    return this.readAccess(offset, 16) as number;
  }
  readUint32(offset: number): number {
    return this.readAccess(offset, 32) as number;
  }
  readUint64(offset: number): bigint {
    return this.readAccess(offset, 64) as bigint;
  }
  writeUint8(offset: number, value: number): void {
    this.writeAccess(offset, 8, value);
  }
  writeUint16(offset: number, value: number): void {
    this.writeAccess(offset, 16, value);
  }
  writeUint32(offset: number, value: number): void {
    this.writeAccess(offset, 32, value);
  }
  writeUint64(offset: number, value: bigint): void {
    this.writeAccess(offset, 64, value);
  }
}
