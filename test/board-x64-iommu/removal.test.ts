/* A device that is taken away while a program has it open through VFIO. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { PciDevice, VfioDevice } from 'mmapio';
import { runModule } from '../support/child.js';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';
import { deviceExists, removeDevice, rescanBus } from '../support/pci-removal.js';

describe('a VFIO device that the kernel wants back', () => {
  afterEach(rescanBus);

  it('ends a pending wait with an error, and is removed when it is closed', async () => {
    using pci = new PciDevice(edu.EDU);
    const taken = pci.takeOver('vfio-pci');
    using vfio = new VfioDevice(pci.address);
    vfio.irqOn();
    const regs = vfio.bar(0);
    const waiting = vfio.waitIrq();
    const removal = removeDevice(edu.EDU_ADDRESS);
    await assert.rejects(waiting, withCode('ERR_REMOVED', /close it/));
    assert.equal(vfio.removalRequested, true);
    await assert.rejects(vfio.interrupts().next(), withCode('ERR_REMOVED'));
    assert.throws(() => vfio.waitIrqSync(), withCode('ERR_REMOVED'));
    assert.equal(regs.readWord(edu.ID), 0x010000ed, 'it works until it is closed');
    assert.equal(deviceExists(edu.EDU_ADDRESS), true);
    vfio.close();
    await removal;
    assert.equal(deviceExists(edu.EDU_ADDRESS), false);
    taken.close();
  });

  it('is removed when the process that has it open ends', async () => {
    using pci = new PciDevice(edu.EDU);
    using _taken = pci.takeOver('vfio-pci');
    const { status } = runModule(`
      const { VfioDevice } = await import('mmapio');
      const vfio = new VfioDevice('${edu.EDU_ADDRESS}');
      vfio.bar(0).readWord(0);
      vfio.allocateDma(4096).bytes[0] = 1;
      vfio.irqOn();
      process.exit(7);
    `);
    assert.equal(status, 7);
    await removeDevice(edu.EDU_ADDRESS);
    assert.equal(deviceExists(edu.EDU_ADDRESS), false);
  });
});

describe('an IOMMU group', () => {
  it('of which a kernel driver has a part is an error that says which', () => {
    // Functions of one device are one group: the SATA controller and the SMBus controller of the chipset.
    using sata = new PciDevice('00:1f.2');
    using smbus = new PciDevice('00:1f.3');
    assert.equal(sata.iommuGroup, smbus.iommuGroup);
    using _taken = sata.takeOver('vfio-pci');
    using other = smbus.takeOver('uio_pci_generic');
    const open = () => new VfioDevice(sata.address);
    assert.throws(open, withCode('ERR_UNSUPPORTED', /kernel drivers have 0000:00:1f.3 \(uio_pci_generic\)/));
    other.close();
    open().close();
  });
});
