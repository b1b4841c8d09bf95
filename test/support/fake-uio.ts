/* A plain folder that looks like sysfs and /dev, for what no kernel at hand shows. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Roots } from 'mmapio';
import { temporaryFolder } from './files.js';

interface FakeMap {
  name?: string;
  addr: string;
  size: string;
  offset?: string;
}

export interface FakeUio {
  device: string;
  name: string;
  version?: string;
  maps?: readonly FakeMap[];
  ports?: readonly { name: string; start: string; size: string; porttype: string }[];
  /** Interrupts before the device is opened. */
  event?: number;
  /** Content of the file that stands for the device node; none: no node. */
  node?: Uint8Array;
  /** `reg` of the device tree node, as 32-bit cells; two for an address, two for a size. */
  reg?: readonly number[];
}

export function fakeUio(t: TestContext, devices: readonly FakeUio[]): Required<Roots> {
  const root = temporaryFolder(t);
  const roots = { sysfs: join(root, 'sys'), dev: join(root, 'dev') };
  mkdirSync(join(roots.sysfs, 'class/uio'), { recursive: true });
  mkdirSync(roots.dev);
  for (const device of devices) addDevice(roots, device);
  return roots;
}

function addDevice(roots: Required<Roots>, device: FakeUio): void {
  const folder = join(roots.sysfs, 'class/uio', device.device);
  write(join(folder, 'name'), `${device.name}\n`);
  write(join(folder, 'version'), `${device.version ?? 'devicetree'}\n`);
  write(join(folder, 'event'), `${device.event ?? 0}\n`);
  for (const [i, map] of (device.maps ?? []).entries()) {
    const { name = '', addr, size, offset = '0x0' } = map;
    for (const [key, value] of Object.entries({ name, addr, size, offset })) {
      write(join(folder, `maps/map${i}`, key), `${value}\n`);
    }
  }
  for (const [i, port] of (device.ports ?? []).entries()) {
    for (const [key, value] of Object.entries(port))
      write(join(folder, `portio/port${i}`, key), `${value}\n`);
  }
  if (device.reg !== undefined) addDeviceTreeNode(roots, folder, device);
  if (device.node !== undefined) writeFileSync(join(roots.dev, device.device), device.node);
}

function addDeviceTreeNode(roots: Required<Roots>, folder: string, device: FakeUio): void {
  const bus = join(roots.sysfs, 'firmware/devicetree/base');
  const node = join(bus, device.name);
  write(join(bus, '#address-cells'), cells([2]));
  write(join(bus, '#size-cells'), cells([2]));
  write(join(node, 'reg'), cells(device.reg ?? []));
  mkdirSync(join(folder, 'device'));
  symlinkSync(node, join(folder, 'device/of_node'));
}

function cells(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
}

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
