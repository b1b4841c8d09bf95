import type { Image } from './image.js';
import type { Machine } from './machine.js';

/** What the sockets between QEMU and this process carry. `commands` is last: once it is connected, all are. */
export const channels = [
  'console',
  'qmp',
  'terminal',
  'stdin',
  'stdout',
  'stderr',
  'window',
  'control',
  'commands',
] as const;
export type Channel = (typeof channels)[number];

/** Descriptors in QEMU: the initial file system, and the first of the sockets, which follow each other. */
const initrdDescriptor = 3;
export const firstChannel = 4;

/** What the caller adds to the machine. */
interface Extras {
  extraQemuArguments?: readonly string[];
  extraKernelParameters?: string;
}

/** QEMU's command line. */
export function qemuArguments(machine: Machine, image: Image, options: Extras): string[] {
  const sockets = channels.flatMap((channel, index) => [
    '-chardev',
    `socket,id=${channel},fd=${firstChannel + index}`,
  ]);
  const ports = channels.slice(channels.indexOf('stdin'));
  const kernelParameters = [
    machine.kernelParameters,
    'quiet panic=-1',
    `board.time=${Math.round(Date.now() / 1000)}`,
    options.extraKernelParameters ?? '',
  ];
  return [
    ...machine.qemuArguments,
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...sockets,
    ...['-serial', 'chardev:console', '-mon', 'chardev=qmp,mode=control'],
    ...['-device', machine.serialDevice, '-device', 'virtconsole,nr=0,chardev=terminal'],
    ...ports.flatMap((port, index) => [
      '-device',
      `virtserialport,nr=${index + 1},chardev=${port},name=board.${port}`,
    ]),
    ...['-kernel', image.kernel, '-initrd', `/dev/fd/${initrdDescriptor}`],
    ...(image.deviceTree === null ? [] : ['-dtb', image.deviceTree]),
    ...['-append', kernelParameters.join(' ').trim()],
    ...(options.extraQemuArguments ?? []),
  ];
}
