/* IOMMU and VFIO. */
import { join } from 'node:path';
import type { Finding } from '../commands/doctor.js';
import type { Roots } from './system.js';
import { exists, namesIn } from './system.js';

export function examineVfio({ sysfs, dev }: Roots): Finding[] {
  const subject = 'IOMMU';
  const groups = namesIn(join(sysfs, 'kernel/iommu_groups')).length;
  if (groups === 0) {
    return [
      {
        subject,
        state: 'note',
        text: 'none is on: no VFIO, and DMA of a device reaches all memory',
        remedy:
          'Turn it on in the firmware, and with intel_iommu=on on the kernel command line where it is off.',
      },
    ];
  }
  const loaded = exists(join(dev, 'vfio/vfio'));
  return [
    { subject, state: 'good', text: `on, ${groups} groups` },
    loaded
      ? { subject: 'VFIO', state: 'good', text: 'loaded' }
      : { subject: 'VFIO', state: 'note', text: 'not loaded', remedy: 'modprobe vfio-pci' },
  ];
}
