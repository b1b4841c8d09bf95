import { inspect } from 'node:util';
import { hex } from '../check.js';
import { MmapioError } from '../errors.js';

/** As much of a BAR as choosing one needs. */
interface Bar {
  readonly index: number;
  readonly size: number;
  readonly kind: 'memory' | 'io';
}

/** The BAR of that index, which must be of that kind. */
export function findBar<T extends Bar>(
  address: string,
  bars: readonly T[],
  index: number,
  kind: Bar['kind'],
): T {
  const bar = bars.find((one) => one.index === index);
  if (bar === undefined) {
    const known =
      bars.map((one) => `${one.index} (${one.kind}, ${hex(one.size)} bytes)`).join(', ') || 'none';
    throw new MmapioError('ERR_NOT_FOUND', `${address} has no BAR ${inspect(index)}; it has: ${known}`);
  }
  if (bar.kind === kind) return bar;
  throw new MmapioError(
    'ERR_UNSUPPORTED',
    kind === 'memory'
      ? `BAR ${index} of ${address} is I/O ports, which cannot be mapped: use ports(${index})`
      : `BAR ${index} of ${address} is memory: use bar(${index})`,
  );
}
