/* What `mmapio doctor` looks at. No device is opened. */
import type { Finding } from '../commands/doctor.js';
import { examineEngine } from './engine.js';
import { examineKernel, examinePhysicalMemory } from './kernel.js';
import type { Roots } from './system.js';
import { examineUio } from './uio.js';
import { examineVfio } from './vfio.js';

/** Everything, from the runtime to the devices. */
export async function examine(roots: Roots): Promise<Finding[]> {
  return [
    ...(await examineEngine()),
    ...examineKernel(),
    ...examineUio(roots),
    ...examinePhysicalMemory(roots),
    ...examineVfio(roots),
  ];
}
