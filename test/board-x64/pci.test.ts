import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { PciDevice, PhysicalMemory } from 'mmapio';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';

describe('PCI devices of a real kernel', () => {
  it('are listed with their BARs', () => {
    const found = PciDevice.list().find(({ address }) => address === '0000:00:05.0');
    assert.deepEqual(
      found?.bars.map(({ index, size, kind }) => ({ index, size, kind })),
      [
        { index: 0, size: 0x20000, kind: 'memory' },
        { index: 1, size: 0x20000, kind: 'memory' },
        { index: 2, size: 0x20, kind: 'io' },
        { index: 3, size: 0x4000, kind: 'memory' },
      ],
    );
    assert.equal(found?.class, 0x020000);
    assert.equal(found?.driver, null);
  });

  it('show their identity in configuration space', () => {
    using pci = new PciDevice(edu.EDU);
    assert.equal(pci.address, edu.EDU_ADDRESS);
    assert.equal(pci.config.length, 256);
    assert.equal(pci.config.readUint32(0), 0x11e8_1234);
    assert.equal(pci.config.readUint8(8), pci.revision);
    assert.equal(pci.isPresent(), true);
  });

  it('have 4 KiB of configuration space on PCI Express', () => {
    using pci = new PciDevice('00:05.0');
    assert.equal(pci.config.length, 4096);
    // The first extended capability.
    assert.notEqual(pci.config.readUint32(0x100), 0);
  });
});

describe('the registers of a BAR', () => {
  it('identify the device, and it answers', () => {
    using pci = new PciDevice(edu.EDU);
    pci.enable();
    const regs = pci.bar(0);
    assert.equal(regs.readWord(edu.ID), 0x010000ed);
    regs.writeWord(edu.LIVENESS, 0x12345678);
    assert.equal(regs.readWord(edu.LIVENESS), ~0x12345678 >>> 0);
  });

  it('of 8 and 16 bits are reached by accesses of that width', () => {
    using pci = new PciDevice('00:06.0');
    pci.enable();
    const regs = pci.bar(0);
    assert.equal(regs.length, 0x100);
    // SD host controller: version in the upper half of the last word, block size a 16-bit register.
    regs.writeHalf(0x04, 0x0200);
    assert.equal(regs.readHalf(0x04), 0x0200);
    assert.equal(regs.readByte(0x05), 0x02);
  });

  it('behind I/O ports are the same as in memory', () => {
    using pci = new PciDevice('00:05.0');
    pci.enable();
    const [ports, regs] = [pci.ports(2), pci.bar(0)];
    assert.throws(() => pci.bar(2), withCode('ERR_UNSUPPORTED', /ports\(2\)/));
    // IOADDR and IODATA of the 82574: a window to the registers of BAR 0, here the device status.
    ports.writeUint32(0, 0x8);
    assert.equal(ports.readUint32(4), regs.readWord(0x8));
  });

  it('keep what was written with combining, once a barrier has sent it on its way', () => {
    using pci = new PciDevice('00:07.0');
    pci.enable();
    assert.equal(pci.bars.find(({ index }) => index === 2)?.prefetchable, true);
    // The controller memory buffer of NVMe, which is memory.
    const [memory, combined] = [pci.bar(2), pci.bar(2, { writeCombine: true })];
    assert.match(inspect(combined), /resource2_wc/);
    for (let offset = 0; offset < 256; offset += 4) combined.writeWord(offset, (offset * 0x01010101) >>> 0);
    combined.barrier();
    assert.equal(memory.readWord(252), (252 * 0x01010101) >>> 0);
    memory.writeQuad(256, 0x0123_4567_89ab_cdefn);
    assert.equal(combined.readQuad(256), 0x0123_4567_89ab_cdefn);
    assert.throws(() => pci.bar(0, { writeCombine: true }), withCode('ERR_UNSUPPORTED', /not prefetchable/));
  });

  it('are kept by a kernel driver that has claimed them, which the error names with the way out', () => {
    using pci = new PciDevice('00:03.0');
    assert.equal(pci.driver, 'virtio-pci');
    assert.throws(() => pci.bar(4), withCode('EINVAL', /kernel driver virtio-pci keeps it.*takeOver\(/));
    const { address = 0n } = pci.bars.find(({ index }) => index === 4) ?? {};
    assert.throws(
      () => new PhysicalMemory(address, 0x1000),
      withCode('EPERM', /belongs to 'virtio-pci-modern'.*IO_STRICT_DEVMEM\): unbind the driver/),
    );
    // A BAR of the same device that its driver has no use for.
    pci.bar(1);
  });

  it('are zeros or all ones while the device does not answer to memory', () => {
    using pci = new PciDevice('00:05.0');
    pci.enable();
    const regs = pci.bar(0);
    const status = regs.readWord(0x8);
    pci.config.writeUint16(4, pci.config.readUint16(4) & ~2);
    assert.ok([0, 0xffffffff].includes(regs.readWord(0x8)));
    assert.equal(pci.isPresent(), true);
    pci.config.writeUint16(4, pci.config.readUint16(4) | 2);
    assert.equal(regs.readWord(0x8), status);
  });
});

describe('taking a device over', () => {
  it('gives it to uio_pci_generic, and back', () => {
    using pci = new PciDevice(edu.EDU);
    {
      using taken = pci.takeOver('uio_pci_generic');
      assert.equal(taken.previous, null);
      assert.equal(pci.driver, 'uio_pci_generic');
    }
    assert.equal(pci.driver, null);
  });

  it('needs a driver that takes it', () => {
    using pci = new PciDevice(edu.EDU);
    // Without an IOMMU vfio-pci takes nothing.
    assert.throws(() => pci.takeOver('vfio-pci'), withCode('EINVAL', /IOMMU/));
    assert.equal(pci.driver, null);
    assert.throws(() => pci.bind('pcieport'), withCode('ENODEV', /does not know the device/));
  });
});

describe('a device whose new driver refuses it', () => {
  it('goes back to the one that it had', () => {
    using pci = new PciDevice(edu.EDU);
    using _taken = pci.takeOver('uio_pci_generic');
    assert.throws(() => pci.bind('virtio-pci'), withCode('ENODEV', /virtio-pci does not know the device/));
    assert.equal(pci.driver, 'uio_pci_generic');
    // Without an IOMMU.
    assert.throws(() => pci.takeOver('vfio-pci'), withCode('EINVAL', /behind an IOMMU only/));
    assert.equal(pci.driver, 'uio_pci_generic');
  });
});
