/** What differs from one virtual machine to another. Everything else in this folder works for all of them. */
export interface Machine {
  /** Name of the processor as Debian, npm and the project's `prebuilds/` write it. */
  readonly arch: string;
  /** Prefix of the cross tools and name of the library directory. */
  readonly gnuTriplet: string;
  /** `process.arch` of a host whose own compiler is the right one. */
  readonly nativeOn: NodeJS.Architecture;
  /** Package of Debian that depends on the newest kernel, and the one for its headers. */
  readonly kernelPackage: string;
  readonly headersPackage: string;
  /** Where programs expect the dynamic linker. */
  readonly dynamicLinker: string;
  readonly qemu: string;
  /** Machine, processor and memory. */
  readonly qemuArguments: readonly string[];
  /** The device that carries the guest's terminal, streams and control ports. */
  readonly serialDevice: string;
  readonly kernelParameters: string;
  /** Kernel modules that init loads, in this order, from kernel/ in the modules directory. */
  readonly modules: readonly string[];
  /** Additions to QEMU's own device tree, relative to the checkout; absent on machines without a device tree. */
  readonly deviceTree?: string;
}

/**
 * An arm64 machine. `cortex-a72` and not `max`, which is several times slower under emulation. The devices that
 * become UIO devices are in the device tree additions.
 */
export const arm64: Machine = {
  arch: 'arm64',
  gnuTriplet: 'aarch64-linux-gnu',
  nativeOn: 'arm64',
  kernelPackage: 'linux-image-arm64',
  headersPackage: 'linux-headers-arm64',
  dynamicLinker: 'lib/ld-linux-aarch64.so.1',
  qemu: 'qemu-system-aarch64',
  qemuArguments: ['-machine', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '1024'],
  serialDevice: 'virtio-serial-device,bus=virtio-mmio-bus.31,max_ports=16',
  kernelParameters: 'console=ttyAMA0',
  modules: ['drivers/virtio/virtio_mmio', 'drivers/char/virtio_console', 'drivers/uio/uio'],
  deviceTree: 'board/arm64/devices.dtsi',
};

/** What stands before the names of the tools that compile for the machine: nothing where the host's own do. */
export function compilerPrefix(machine: Machine): string {
  return process.arch === machine.nativeOn ? '' : `${machine.gnuTriplet}-`;
}
