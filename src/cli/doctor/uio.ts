/* UIO: drivers, devices, permissions. */

import { join } from 'node:path';
import { udevRule } from '../../permission.js';
import type { Finding } from '../commands/doctor.js';
import type { Roots } from './system.js';
import { exists, kernelOption, mayUse, namesIn, textOf } from './system.js';

/** Drivers that give any device to user space. */
const DRIVERS = ['uio_pdrv_genirq', 'uio_dmem_genirq', 'uio_pci_generic'];

export function examineUio({ sysfs, dev }: Roots): Finding[] {
  const devices = namesIn(join(sysfs, 'class/uio')).sort();
  return [
    drivers(sysfs),
    ...(devices.length === 0 ? [none()] : devices.map((name) => device(name, { sysfs, dev }))),
  ];
}

function drivers(sysfs: string): Finding {
  const subject = 'UIO drivers';
  const loaded = DRIVERS.filter((name) => exists(join(sysfs, 'module', name)));
  if (loaded.length === 0) {
    const known = kernelOption('UIO');
    return {
      subject,
      state: 'note',
      text: known === 'n' ? 'this kernel is built without UIO (CONFIG_UIO)' : 'none is loaded',
      remedy:
        'For a device tree node: modprobe uio_pdrv_genirq of_id=generic-uio. For a PCI device: modprobe uio_pci_generic.',
    };
  }
  return { subject, state: 'good', text: loaded.join(', ') };
}

function none(): Finding {
  return {
    subject: 'UIO devices',
    state: 'note',
    text: 'there is none',
    remedy:
      'A device tree node needs compatible = "generic-uio", and uio_pdrv_genirq loaded with of_id=generic-uio (on the kernel ' +
      'command line uio_pdrv_genirq.of_id=generic-uio). To try mmapio, sim:timer needs nothing.',
  };
}

function device(name: string, { sysfs, dev }: Roots): Finding {
  const node = join(dev, name);
  const subject = `/dev/${name}`;
  const called = textOf(join(sysfs, 'class/uio', name, 'name')) ?? '';
  if (!exists(node)) {
    return {
      subject,
      state: 'note',
      text: `${called}: there is no ${node}`,
      remedy: 'Is devtmpfs or udev running?',
    };
  }
  if (mayUse(node)) return { subject, state: 'good', text: `${called}: may be used` };
  return {
    subject,
    state: 'note',
    text: `${called}: may not be used by this user`,
    remedy: `Run as root, or add a udev rule such as ${udevRule('uio', 'uio')}.`,
  };
}
