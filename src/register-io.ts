/**
 * What every register region offers, and all that the layers above depend on.
 *
 * Real, simulated and recorded regions implement it, so a driver written against `RegisterIO` runs over each
 * of them. Every call is exactly one access of the width in its name; offsets count bytes from the start of
 * the region and must be aligned to that width.
 */
export interface RegisterIO {
  /** Length of the region in bytes. */
  readonly length: number;

  /** One 8-bit load. */
  readUint8(offset: number): number;
  /** One 16-bit load. */
  readUint16(offset: number): number;
  /** One 32-bit load. */
  readUint32(offset: number): number;
  /** One 64-bit load. */
  readUint64(offset: number): bigint;

  /** One 8-bit store. */
  writeUint8(offset: number, value: number): void;
  /** One 16-bit store. */
  writeUint16(offset: number, value: number): void;
  /** One 32-bit store. */
  writeUint32(offset: number, value: number): void;
  /** One 64-bit store. */
  writeUint64(offset: number, value: bigint): void;
}
