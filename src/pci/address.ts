import { show } from '../check.js';
import { MmapioError } from '../errors.js';

/**
 * The kernel's form of a PCI address, `0000:00:04.0`. The domain may be left out (`00:04.0`), and leading zeros
 * (`0:4.0`).
 *
 * @throws {MmapioError} `ERR_INVALID_ARGUMENT`
 */
export function normaliseAddress(address: unknown): string {
  const [, domain = '0', bus, slot, fn] =
    /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(String(address)) ?? [];
  if (
    typeof address === 'string' &&
    bus !== undefined &&
    slot !== undefined &&
    Number.parseInt(slot, 16) < 32
  ) {
    const [d, b, s] = [domain.padStart(4, '0'), bus.padStart(2, '0'), slot.padStart(2, '0')];
    return `${d}:${b}:${s}.${fn}`.toLowerCase();
  }
  throw new MmapioError(
    'ERR_INVALID_ARGUMENT',
    `${show(address)} is no PCI address: it takes domain:bus:slot.function in hexadecimal, such as 0000:00:04.0 or 00:04.0`,
  );
}
