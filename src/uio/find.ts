import { inspect } from 'node:util';
import { MmapioError } from '../errors.js';
import { listUio, type UioInfo } from './sysfs.js';

/** A device by its name, or by the kernel's name for it: `'uio0'` or `'/dev/uio0'`. */
export type UioSelector = string | { device: string };

/** The one device that the selector means. */
export function findUio(sysfs: string, selector: UioSelector): UioInfo {
  const all = listUio(sysfs);
  const byName = typeof selector === 'string';
  const wanted = byName ? selector : selector?.device;
  if (typeof wanted !== 'string') {
    throw new MmapioError(
      'ERR_INVALID_ARGUMENT',
      `${inspect(selector)} selects no device: it takes a name or { device: 'uio0' }`,
    );
  }
  const device = wanted.replace(/^.*\//, '');
  const found = all.filter((info) => (byName ? info.name === wanted : info.device === device));
  const [info] = found;
  if (info === undefined) throw notFound(wanted, all);
  if (found.length === 1) return info;
  throw new MmapioError(
    'ERR_AMBIGUOUS',
    `${found.length} UIO devices are named '${wanted}': choose one by ` +
      found.map((one) => `{ device: '${one.device}' }`).join(' or '),
  );
}

function notFound(wanted: string, all: readonly UioInfo[]): MmapioError {
  const known = all.map((info) => `'${info.name}' (${info.device})`).join(', ');
  return new MmapioError(
    'ERR_NOT_FOUND',
    `There is no UIO device '${wanted}'. ` +
      (known === ''
        ? 'There is none at all: load a UIO driver, such as uio_pdrv_genirq with of_id=generic-uio'
        : `There are: ${known}`),
  );
}
