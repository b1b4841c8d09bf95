/* Swapping the bytes of a register's value, for blocks whose byte order is not this machine's. */

export function swap16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

export function swap32(value: number): number {
  const pairs = ((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff);
  return ((pairs << 16) | (pairs >>> 16)) >>> 0;
}

export function swap64(value: bigint): bigint {
  const low = swap32(Number(value & 0xffffffffn));
  const high = swap32(Number(value >> 32n));
  return (BigInt(low) << 32n) | BigInt(high);
}
