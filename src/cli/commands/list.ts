import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, createCommand } from 'commander';
import type { PciInfo, UioInfo } from '../../index.js';
import { withJson } from '../options.js';
import { type Branch, paint, print, printJson, tree } from '../output.js';
import { roots } from '../target.js';

interface ListedUio extends UioInfo {
  driver: string | null;
  /** Interrupts so far, where the kernel tells. */
  interrupts: number | null;
}

function listUio(list: (roots: { sysfs: string }) => UioInfo[]): ListedUio[] {
  const { sysfs } = roots();
  return list({ sysfs }).map((info) => {
    const folder = join(sysfs, 'class/uio', info.device);
    return {
      ...info,
      driver: linkName(join(folder, 'device/driver')),
      interrupts: numberIn(join(folder, 'event')),
    };
  });
}

function linkName(link: string): string | null {
  try {
    return basename(readlinkSync(link));
  } catch {
    return null;
  }
}

function numberIn(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`;

function uioBranch({ device, name, driver, version, interrupts, maps, ports }: ListedUio): Branch {
  const count = interrupts === null ? '' : `, ${interrupts} interrupts`;
  return {
    text: `${paint('bold', `uio:${name}`)}  /dev/${device}  ${driver ?? 'no driver'}, version ${version}${count}`,
    children: [
      ...maps.map(({ index, name: map, addr, size }) => ({
        text: `map ${index}${map === '' ? '' : ` '${map}'`}  ${hex(addr)}  ${hex(size)} bytes`,
      })),
      ...ports.map(({ index, name: port, start, size }) => ({
        text: `port ${index}${port === '' ? '' : ` '${port}'`}  ${hex(start)}  ${size} ports`,
      })),
    ],
  };
}

const id = (number: number) => number.toString(16).padStart(4, '0');

function pciBranch({ address, vendor, device, driver, bars }: PciInfo): Branch {
  return {
    text: `${paint('bold', `pci:${address}`)}  ${id(vendor)}:${id(device)}  ${driver ?? 'no driver'}`,
    children: bars.map(({ index, address: first, size, kind, prefetchable }) => ({
      text: `bar${index}  ${hex(first)}  ${hex(size)} ${kind === 'io' ? 'ports' : 'bytes'}${prefetchable ? ', prefetchable' : ''}`,
    })),
  };
}

/** A u-dma-buf as sysfs describes it. */
interface ListedBuffer {
  name: string;
  address: string | null;
  size: number | null;
}

function listBuffers(names: readonly string[]): ListedBuffer[] {
  return names.map((name) => {
    const folder = ['u-dma-buf', 'udmabuf']
      .map((driver) => join(roots().sysfs, 'class', driver, name))
      .find((one) => existsSync(one));
    const size = folder === undefined ? null : numberIn(join(folder, 'size'));
    const address = folder === undefined ? null : numberIn(join(folder, 'phys_addr'));
    return { name, address: address === null ? null : hex(address), size };
  });
}

const bufferBranch = ({ name, address, size }: ListedBuffer): Branch => ({
  text: `${paint('bold', name)}  /dev/${name}  ${address ?? '?'}  ${size === null ? '?' : hex(size)} bytes`,
});

async function list(options: { json?: boolean }): Promise<void> {
  const { PciDevice, UDmaBuf, Uio } = await import('../../index.js');
  const uio = listUio(Uio.list);
  const pci = PciDevice.list(roots());
  const buffers = listBuffers(UDmaBuf.list(roots()));
  if (options.json) {
    printJson({ uio, pci, buffers });
    return;
  }
  const groups: Branch[] = [
    { text: 'UIO devices', children: uio.map(uioBranch) },
    { text: 'PCI devices', children: pci.map(pciBranch) },
    { text: 'u-dma-bufs', children: buffers.map(bufferBranch) },
  ];
  for (const { text, children = [] } of groups) {
    print(text);
    for (const line of tree(children.length === 0 ? [{ text: paint('dim', 'none') }] : children)) print(line);
  }
}

export function listCommand(): Command {
  return withJson(createCommand('list'))
    .summary('show the devices of this machine')
    .description(
      'Shows UIO devices with their maps, drivers and interrupt counts, PCI devices with their BARs, and u-dma-bufs, as the kernel tells of them in sysfs. Accesses: ' +
        'none; no device is opened.',
    )
    .action(list);
}

export const listExamples = [
  ['mmapio list', ''],
  ["mmapio list --json | jq '.uio[].name'", ''],
] as const;
