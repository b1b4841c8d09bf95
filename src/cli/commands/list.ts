import { readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, createCommand } from 'commander';
import type { UioInfo } from '../../index.js';
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

async function list(options: { json?: boolean }): Promise<void> {
  const { Uio } = await import('../../index.js');
  const uio = listUio(Uio.list);
  if (options.json) {
    printJson({ uio });
    return;
  }
  const groups: Branch[] = [{ text: 'UIO devices', children: uio.map(uioBranch) }];
  for (const { text, children = [] } of groups) {
    print(text);
    for (const line of tree(children.length === 0 ? [{ text: paint('dim', 'none') }] : children)) print(line);
  }
}

export function listCommand(): Command {
  return withJson(createCommand('list'))
    .summary('show the devices of this machine')
    .description(
      'Shows UIO devices with their maps, drivers and interrupt counts, as the kernel tells of them in sysfs. Accesses: ' +
        'none; no device is opened.',
    )
    .action(list);
}

export const listExamples = [
  ['mmapio list', ''],
  ["mmapio list --json | jq '.uio[].name'", ''],
] as const;
