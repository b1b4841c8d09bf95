/* The register map that names are looked up in. */
import type { DeviceDescription, PeripheralDescription } from '../registers/description.js';
import type { DynamicMap, MapEntry, RegisterMap } from '../registers/index.js';
import type { Order } from './access.js';
import { UsageError } from './exit.js';
import { suggestion } from './nearest.js';
import { note } from './output.js';

export interface MapOptions {
  /** A register description of any kind that can be imported. */
  map?: string;
  overrides?: string;
  /** The peripheral of it, where it has several. */
  peripheral?: string;
  byteOrder?: Order;
}

/** Reads a description and says on standard error what is unusual about it. */
export async function readMapFile(file: string, overrides: string | undefined): Promise<DeviceDescription> {
  const { readDescription } = await import('../import/index.js');
  const device = await readDescription(file, { overrides });
  for (const { message } of device.warnings) note(`warning: ${message}`);
  return device;
}

function choosePeripheral(device: DeviceDescription, name: string | undefined): PeripheralDescription {
  const { peripherals } = device;
  const names = peripherals.map((one) => one.name);
  if (name === undefined) {
    const [only] = peripherals;
    if (only !== undefined && peripherals.length === 1) return only;
    throw new UsageError(
      `${device.name} has ${peripherals.length} peripherals: choose one with --peripheral. ${suggestion('', names)}`,
    );
  }
  const found = peripherals.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`${device.name} has no peripheral '${name}'. ${suggestion(name, names)}`);
}

/** The map that `--map` names; otherwise the one that the target brings, or none. */
export async function loadMap(
  options: MapOptions,
  own?: RegisterMap<DynamicMap>,
): Promise<RegisterMap<DynamicMap> | undefined> {
  if (options.map === undefined) {
    if (options.peripheral !== undefined) throw new UsageError('--peripheral needs --map');
    return own;
  }
  const device = await readMapFile(options.map, options.overrides);
  const peripheral = choosePeripheral(device, options.peripheral);
  const { registerMapFrom } = await import('../registers/index.js');
  const order = options.byteOrder;
  return registerMapFrom(order === undefined ? peripheral : { ...peripheral, byteOrder: order }, {
    onLeftOut: ({ path, reason }) => note(`warning: ${path} ${reason} and is left out`),
  });
}

/** Every register of a map, those outside the region left out with a note. */
export function entriesWithin(map: RegisterMap<DynamicMap>, length: number): MapEntry[] {
  const all = [...map.entries()];
  const inside = all.filter(({ offset, layout }) => offset + layout.width / 8 <= length);
  if (inside.length < all.length) {
    note(
      `warning: ${all.length - inside.length} registers of ${map.name ?? 'the map'} lie outside the region`,
    );
  }
  return inside;
}
