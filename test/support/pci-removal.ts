/* Taking PCI devices away and bringing them back, as an administrator does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';

/**
 * Removes a device from the bus, in a process of its own: the kernel lets it wait until nobody has the device any more.
 * Resolves when it is done.
 */
export async function removeDevice(address: string): Promise<void> {
  const shell = spawn('sh', ['-c', `echo 1 > /sys/bus/pci/devices/${address}/remove`], { stdio: 'inherit' });
  await once(shell, 'exit');
}

/** Looks for devices on the bus again. */
export function rescanBus(): void {
  writeFileSync('/sys/bus/pci/rescan', '1');
}

export function deviceExists(address: string): boolean {
  return existsSync(`/sys/bus/pci/devices/${address}`);
}
