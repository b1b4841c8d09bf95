/* Numbers of the VFIO interface (linux/vfio.h). */

/** Index of a PCI device's region; 0 to 5 are its BARs. */
export const CONFIG_REGION = 7;

/** Flags of a region. */
export const REGION_MMAP = 1 << 2;

/** Indices of a PCI device's interrupts. */
export const INTX = 0;
export const MSI = 1;
export const MSIX = 2;
/** Signalled when the kernel wants the device back. */
export const REQUEST = 4;

/** Flags of VFIO_DEVICE_SET_IRQS. */
export const DATA_NONE = 1 << 0;
export const DATA_EVENTFD = 1 << 2;
export const ACTION_MASK = 1 << 3;
export const ACTION_UNMASK = 1 << 4;
export const ACTION_TRIGGER = 1 << 5;
