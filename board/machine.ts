/** What differs from one virtual machine to another. Everything else in this folder works for all of them. */
export interface Machine {
  /** What the command line calls it. */
  readonly name: string;
  /** Name of the processor as Node.js, npm and the project's `prebuilds/` write it, and as Debian does. */
  readonly arch: NodeJS.Architecture;
  readonly debianArch: string;
  /** Prefix of the cross tools and name of the library directory. */
  readonly gnuTriplet: string;
  /** Package of Debian that depends on the newest kernel. */
  readonly kernelPackage: string;
  /** Where programs expect the dynamic linker. */
  readonly dynamicLinker: string;
  /** The newest Node.js that npm has for the machine. */
  readonly node: string;
  readonly qemu: string;
  /** Machine, processor, memory and devices. */
  readonly qemuArguments: readonly string[];
  /** The device that carries the guest's terminal, streams and control ports. */
  readonly serialDevice: string;
  readonly kernelParameters: string;
  /** Kernel modules that init loads, in this order, each after those that it depends on. */
  readonly modules: readonly string[];
  /** Additions to QEMU's own device tree, relative to the checkout; absent on machines without a device tree. */
  readonly deviceTree?: string;
}

/**
 * An arm64 machine. `cortex-a72` and not `max`, which is several times slower under emulation. The devices that
 * become UIO devices are in the device tree additions.
 */
export const arm64: Machine = {
  name: 'arm64',
  arch: 'arm64',
  debianArch: 'arm64',
  gnuTriplet: 'aarch64-linux-gnu',
  kernelPackage: 'linux-image-arm64',
  dynamicLinker: 'lib/ld-linux-aarch64.so.1',
  node: '26.12.0',
  qemu: 'qemu-system-aarch64',
  qemuArguments: ['-machine', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '1024'],
  serialDevice: 'virtio-serial-device,bus=virtio-mmio-bus.31,max_ports=16',
  kernelParameters: 'console=ttyAMA0',
  modules: ['virtio_mmio', 'virtio_console', 'uio'],
  deviceTree: 'board/arm64/devices.dtsi',
};

const x64Devices = [
  // edu reaches the first 256 MiB only, unless told otherwise
  ['edu', 'addr=0x4', 'dma_mask=0xffffffffffff'],
  ['e1000e', 'addr=0x5'],
  ['sdhci-pci', 'addr=0x6'],
  ['nvme', 'addr=0x7', 'serial=board', 'cmb_size_mb=1'],
].flatMap((device) => ['-device', device.join(',')]);

/*
 * One thread of QEMU's for both processors: with one each, about one long run of Node.js 20 in ten crashed. The one crash
 * that was looked into was in code that V8 had just changed, as if one processor had seen half of what the other wrote;
 * that is a guess. With one thread none was seen, in fewer runs.
 */
const x64Processors = ['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '2'];

/** What both x86_64 machines have in common. */
const x64Base = {
  arch: 'x64',
  debianArch: 'amd64',
  gnuTriplet: 'x86_64-linux-gnu',
  kernelPackage: 'linux-image-amd64',
  dynamicLinker: 'lib64/ld-linux-x86-64.so.2',
  node: '26.10.0',
  qemu: 'qemu-system-x86_64',
  serialDevice: 'virtio-serial-pci,addr=0x3,max_ports=16',
  // on a busy host the kernel's test of its timer fails, and it panics
  kernelParameters: 'console=ttyS0 no_timer_check',
  modules: ['virtio_pci', 'virtio_console', 'uio_pci_generic', 'vfio_iommu_type1', 'vfio_pci'],
} as const;

/** An x86_64 machine with PCI devices that no kernel driver claims, and a huge page of 1 GiB, which only boot can set aside. */
export const x64: Machine = {
  ...x64Base,
  name: 'x64',
  qemuArguments: ['-machine', 'q35', ...x64Processors, '-m', '2560', ...x64Devices],
  kernelParameters: `${x64Base.kernelParameters} hugepagesz=1G hugepages=1`,
};

/** The same behind an Intel IOMMU, for VFIO. */
export const x64Iommu: Machine = {
  ...x64Base,
  name: 'x64-iommu',
  // the IOMMU serves only the devices that come after it
  qemuArguments: [
    ...['-machine', 'q35,kernel-irqchip=split', ...x64Processors, '-m', '1024'],
    ...['-device', 'intel-iommu,intremap=on,caching-mode=on'],
    ...x64Devices,
  ],
  kernelParameters: `${x64Base.kernelParameters} intel_iommu=on`,
};

export const machines: readonly Machine[] = [arm64, x64, x64Iommu];

/** What stands before the names of the tools that compile for the machine: nothing where the host's own do. */
export function compilerPrefix(machine: Machine): string {
  return process.arch === machine.arch ? '' : `${machine.gnuTriplet}-`;
}
