/* The accesses of the command: each call of `load` is one read, each call of `store` one write. */
import type { RegisterIO } from '../register-io.js';
import { swapped } from '../registers/byte-order.js';
import type { RegisterLayout } from '../registers/layout.js';
import type { Width } from './values.js';

export type Order = 'little' | 'big';

/** Where a register is and how it is accessed. */
export interface Place {
  offset: number;
  width: Width;
  order: Order;
}

/** One read of the register's width. */
export function load(io: RegisterIO, { offset, width, order }: Place): bigint {
  const value = BigInt(loadPlain(io, offset, width));
  return order === 'big' ? swapped(value, width) : value;
}

function loadPlain(io: RegisterIO, offset: number, width: Width): number | bigint {
  if (width === 8) return io.readUint8(offset);
  if (width === 16) return io.readUint16(offset);
  return width === 32 ? io.readUint32(offset) : io.readUint64(offset);
}

/** One write of the register's width. */
export function store(io: RegisterIO, { offset, width, order }: Place, value: bigint): void {
  const stored = order === 'big' ? swapped(value, width) : value;
  if (width === 8) io.writeUint8(offset, Number(stored));
  else if (width === 16) io.writeUint16(offset, Number(stored));
  else if (width === 32) io.writeUint32(offset, Number(stored));
  else io.writeUint64(offset, stored);
}

/**
 * The value to write back so that only the bits of `mask` change: others as they were read, except those of which a
 * written bit would do something (write-one-to-clear and the like), which are written so that it does not.
 */
export function changed(
  value: bigint,
  { mask, bits }: { mask: bigint; bits: bigint },
  layout?: RegisterLayout,
): bigint {
  const kept = layout === undefined ? value : (value & layout.keep) | layout.neutral;
  return (kept & ~mask) | bits;
}
