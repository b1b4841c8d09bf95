/* Devices pulled out of the machine while a program uses them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { PciDevice, VfioDevice } from 'mmapio';
import { request } from '../../board/guest/control.js';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';
import { deviceExists } from '../support/pci-removal.js';

/** Behind the ports that main.ts adds, in the order of their slots. */
const plugged = PciDevice.list().filter(
  ({ device, address }) => device === edu.EDU.device && address !== edu.EDU_ADDRESS,
);
const [first = '', second = ''] = plugged.map(({ address }) => address);

/** The system takes the device out when its slot tells it to, some time after the request. */
async function gone(address: string): Promise<void> {
  while (deviceExists(address)) await setTimeout(20);
}

describe('a device that is pulled out', () => {
  it('ends waits through uio_pci_generic with an error, and is not present', async () => {
    using pci = new PciDevice(first);
    pci.takeOver('uio_pci_generic');
    const regs = pci.bar(0);
    assert.equal(regs.readWord(edu.ID), 0x010000ed);
    pci.irqOn();
    const waiting = assert.rejects(pci.waitIrq(), withCode('EIO'));
    request('unplug', 'first');
    await waiting;
    await gone(first);
    assert.equal(pci.isPresent(), false);
    assert.ok([0, 0xffffffff].includes(regs.readWord(edu.ID)), 'nothing answers there any more');
    regs.writeWord(edu.LIVENESS, 1);
  });

  it('is asked back from VFIO, and goes when it is closed', async () => {
    const pci = new PciDevice(second);
    pci.takeOver('vfio-pci');
    const vfio = new VfioDevice(second);
    const regs = vfio.bar(0);
    vfio.irqOn();
    const waiting = vfio.waitIrq();
    request('unplug', 'second');
    await assert.rejects(waiting, withCode('ERR_REMOVED'));
    assert.equal(vfio.removalRequested, true);
    assert.equal(regs.readWord(edu.ID), 0x010000ed);
    vfio.close();
    await gone(second);
    assert.throws(() => regs.readWord(edu.ID), withCode('ERR_CLOSED'));
    assert.throws(() => new VfioDevice(second), withCode('ERR_NOT_FOUND'));
    pci.close();
  });
});
