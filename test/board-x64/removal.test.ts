/* A device that is taken away while a program uses it. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { PciDevice } from 'mmapio';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';
import { deviceExists, removeDevice, rescanBus } from '../support/pci-removal.js';

describe('a PCI device removed from the bus', () => {
  afterEach(rescanBus);

  it('ends a pending wait and a loop with an error', async () => {
    using pci = new PciDevice(edu.EDU);
    using _taken = pci.takeOver('uio_pci_generic');
    pci.irqOn();
    const waiting = assert.rejects(pci.waitIrq(), withCode('EIO', /gone/));
    const looping = assert.rejects(pci.interrupts().next(), withCode('EIO'));
    await removeDevice(edu.EDU_ADDRESS);
    await waiting;
    await looping;
    await assert.rejects(pci.waitIrq(), withCode('EIO'));
    assert.throws(() => pci.waitIrqSync(), withCode('EIO'));
    assert.throws(() => pci.irqOn(), withCode('ENODEV', /was removed/));
  });

  it('is not present, while what is mapped may still answer', async () => {
    using pci = new PciDevice(edu.EDU);
    pci.enable();
    const regs = pci.bar(0);
    await removeDevice(edu.EDU_ADDRESS);
    assert.equal(deviceExists(edu.EDU_ADDRESS), false);
    assert.equal(pci.isPresent(), false);
    assert.throws(() => pci.config.readUint16(0), withCode('ENODEV', /was removed/));
    // What it answers is the hardware's business; QEMU's device does not notice that the kernel dropped it.
    assert.ok([0x010000ed, 0, 0xffffffff].includes(regs.readWord(edu.ID)));
  });

  it('is a new device after a rescan', async () => {
    using before = new PciDevice(edu.EDU);
    before.config.readUint16(0);
    await removeDevice(edu.EDU_ADDRESS);
    rescanBus();
    assert.equal(before.isPresent(), false);
    using after = new PciDevice(edu.EDU);
    after.enable();
    assert.equal(after.isPresent(), true);
    assert.equal(after.bar(0).readWord(edu.ID), 0x010000ed);
  });

  it('cannot be given back, and need not be', async () => {
    using pci = new PciDevice(edu.EDU);
    const taken = pci.takeOver('uio_pci_generic');
    await removeDevice(edu.EDU_ADDRESS);
    taken.close();
    assert.equal(pci.driver, null);
  });
});
