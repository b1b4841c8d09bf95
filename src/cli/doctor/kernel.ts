/* The kernel, and what it protects. */
import { release } from 'node:os';
import type { Finding } from '../commands/doctor.js';
import type { Roots } from './system.js';
import { CAP_SYS_RAWIO, exists, hasCapability, kernelOption, mayUse, textOf } from './system.js';

export function examineKernel(): Finding[] {
  const state = textOf('/sys/kernel/security/lockdown');
  const mode = /\[(\w+)\]/.exec(state ?? '')?.[1];
  const lockdown: Finding =
    mode === undefined || mode === 'none'
      ? {
          subject: 'lockdown',
          state: 'good',
          text: mode === 'none' ? 'off' : 'not in this kernel, or not shown',
        }
      : {
          subject: 'lockdown',
          state: 'note',
          text: `${mode}: /dev/mem and the BARs of PCI devices in sysfs cannot be mapped, nor their configuration space written`,
          remedy:
            'Use UIO or VFIO; lockdown comes with Secure Boot, or lockdown= on the kernel command line.',
        };
  return [{ subject: 'kernel', state: 'good', text: `Linux ${release()}` }, lockdown];
}

export function examinePhysicalMemory({ dev }: Roots): Finding[] {
  const subject = 'physical memory';
  const device = `${dev}/mem`;
  if (!exists(device)) {
    return [
      { subject, state: 'note', text: `there is no ${device} (CONFIG_DEVMEM)`, remedy: 'Use a UIO driver.' },
    ];
  }
  const may = mayUse(device) && hasCapability(CAP_SYS_RAWIO);
  const access: Finding = may
    ? { subject, state: 'good', text: `${device} may be used` }
    : {
        subject,
        state: 'note',
        text: `${device} may not be used by this user`,
        remedy: 'It takes root (CAP_SYS_RAWIO). A UIO driver with a udev rule needs neither.',
      };
  return [access, strictDevmem()];
}

function strictDevmem(): Finding {
  const subject = 'STRICT_DEVMEM';
  const strict = kernelOption('STRICT_DEVMEM');
  const ioStrict = kernelOption('IO_STRICT_DEVMEM');
  if (strict === undefined) {
    return {
      subject,
      state: 'note',
      text: 'the configuration of this kernel cannot be read (/boot/config-…, /proc/config.gz)',
      remedy: 'Most distributions have it on: /dev/mem then gives no memory of the kernel, only devices.',
    };
  }
  if (strict === 'n') return { subject, state: 'good', text: 'off: /dev/mem gives every address' };
  if (ioStrict === 'y') {
    return {
      subject,
      state: 'note',
      text: 'on, IO_STRICT_DEVMEM too: /dev/mem gives neither memory nor devices that have a driver',
      remedy: 'Use a UIO driver, unbind the driver of the device, or boot with iomem=relaxed.',
    };
  }
  return { subject, state: 'good', text: 'on: /dev/mem gives devices, and no memory of the kernel' };
}
