/* What to do about what the kernel refuses of a PCI device in sysfs, as Linux 6.1 was seen to answer. */
import { SystemError } from '../errors.js';

/** Of its resources and its configuration space, for which lockdown alone gives EPERM. */
export function accessRemedy(code: string): string | undefined {
  switch (code) {
    case 'EACCES':
      return 'Only root may open it: run as root, or use VFIO, which works without';
    case 'EPERM':
      return (
        'The kernel is locked down (Secure Boot does that; see /sys/kernel/security/lockdown): use VFIO, or a UIO driver ' +
        'made for the device'
      );
    case 'ENODEV':
    case 'ENOENT':
      return 'The device was removed';
    default:
      return undefined;
  }
}

/** Of its being enabled, which lockdown does not forbid. */
export function enableRemedy(code: string, holder: string | null): string | undefined {
  switch (code) {
    case 'EPERM':
      return 'Enabling a device takes CAP_SYS_ADMIN: run as root';
    case 'EBUSY':
      return `Its driver ${holder} has it, and enables it when that is used`;
    default:
      return accessRemedy(code);
  }
}

export function configRemedy(code: string): string | undefined {
  return code === 'ENODATA'
    ? 'Without CAP_SYS_ADMIN only the first 64 bytes can be read'
    : accessRemedy(code);
}

/** An error of mapping a BAR with what is to be done. `holder` is the driver that has the device. */
export function explainMapping(error: unknown, holder: string | null): unknown {
  if (!(error instanceof SystemError) || error.syscall !== 'mmap') return error;
  const { errno, syscall, path, code } = error;
  const remedy = (code === 'EINVAL' ? holderRemedy(holder) : undefined) ?? accessRemedy(code);
  return remedy === undefined ? error : new SystemError(errno, syscall, path, remedy, { cause: error });
}

/** CONFIG_IO_STRICT_DEVMEM keeps memory that a driver has claimed from everybody else; uio_pci_generic claims none. */
function holderRemedy(holder: string | null): string | undefined {
  if (holder === null || holder === 'uio_pci_generic') return undefined;
  if (holder === 'vfio-pci') {
    return (
      'It is in use through VFIO, which keeps it from everybody else (CONFIG_IO_STRICT_DEVMEM): use bar() of the ' +
      'VfioDevice, or close that first'
    );
  }
  return (
    `Its kernel driver ${holder} keeps it (CONFIG_IO_STRICT_DEVMEM): take it over with takeOver('uio_pci_generic') or ` +
    "takeOver('vfio-pci')"
  );
}
