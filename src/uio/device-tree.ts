/* The sizes that the device tree gives a device's registers (Devicetree Specification 0.4, section 2.3.6, `reg`). */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface RegEntry {
  address: bigint;
  size: bigint;
}

/**
 * The `reg` entries of a device's node, or none where it has no node. `folder` is the device's folder in sysfs.
 *
 * Addresses are those of the node's bus: on a bus with `ranges` they are not physical addresses.
 */
export function readReg(folder: string): RegEntry[] {
  const node = realPath(join(folder, 'device/of_node'));
  const reg = readCells(join(node, 'reg'));
  // The specification's defaults, where the parent does not say.
  const addressCells = readCells(join(dirname(node), '#address-cells'))[0] ?? 2;
  const sizeCells = readCells(join(dirname(node), '#size-cells'))[0] ?? 1;
  const stride = addressCells + sizeCells;
  if (stride === 0) return [];
  return Array.from({ length: Math.floor(reg.length / stride) }, (_, i) => ({
    address: join64(reg.slice(i * stride, i * stride + addressCells)),
    size: join64(reg.slice(i * stride + addressCells, (i + 1) * stride)),
  }));
}

/** The node itself, whose folder is its parent's: in sysfs it is a link. */
function realPath(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    return link;
  }
}

/** The 32-bit big-endian cells of a property; none when there is no such property. */
function readCells(file: string): number[] {
  try {
    const bytes = readFileSync(file);
    return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32BE(i * 4));
  } catch {
    return [];
  }
}

function join64(cells: readonly number[]): bigint {
  return cells.reduce((value, cell) => (value << 32n) | BigInt(cell), 0n);
}
