import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PciDevice, Uio } from 'mmapio';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';
import { takenEdu } from '../support/taken-edu.js';

describe('the interrupt of a PCI device, through uio_pci_generic', () => {
  const device = takenEdu('uio_pci_generic');

  it('comes when the device raises it', async () => {
    const { pci } = device;
    const regs = pci.bar(0);
    pci.irqOn();
    const before = await pci.waitIrq({ timeout: 0 });
    assert.equal(before, null);
    regs.writeWord(edu.INTERRUPT_RAISE, 0x11);
    const count = await pci.waitIrq();
    assert.equal(edu.acknowledge(regs), 0x11);
    regs.writeWord(edu.INTERRUPT_RAISE, 0x22);
    assert.equal(await pci.waitIrq({ timeout: 50 }), null, 'off until it is turned on again');
    pci.irqOn();
    assert.equal(await pci.waitIrq(), Number(count) + 1);
    edu.acknowledge(regs);
  });

  it('tells when a factorial is computed', async () => {
    const { pci } = device;
    const regs = pci.bar(0);
    regs.writeWord(edu.STATUS, 0x80);
    const turns = pci.interrupts();
    const turn = turns.next();
    regs.writeWord(edu.FACTORIAL, 10);
    const { value } = await turn;
    assert.equal(value?.missed, 0);
    assert.equal(edu.acknowledge(regs), 1);
    assert.equal(regs.readWord(edu.FACTORIAL), 3628800);
    await turns.return();
    regs.writeWord(edu.STATUS, 0);
  });

  it('comes once for each turn of a loop', async () => {
    const { pci } = device;
    const regs = pci.bar(0);
    let turns = 0;
    const source = pci.interrupts();
    const first = source.next();
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    for (let turn = await first; !turn.done && turns < 1000; turn = await source.next()) {
      assert.equal(turn.value.missed, 0);
      assert.equal(edu.acknowledge(regs), (turns & 0xffff) + 1);
      turns++;
      regs.writeWord(edu.INTERRUPT_RAISE, (turns & 0xffff) + 1);
    }
    edu.acknowledge(regs);
    await source.return();
    assert.equal(turns, 1000);
  });

  it('is waited for without JavaScript too', () => {
    const { pci } = device;
    const regs = pci.bar(0);
    pci.irqOn();
    while (pci.waitIrqSync(0) !== null);
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    assert.equal(typeof pci.waitIrqSync(1000), 'number');
    edu.acknowledge(regs);
    pci.irqOff();
  });

  it('is turned on again by a PciDevice alone, as a Uio of the same device says', async () => {
    const { pci } = device;
    const regs = pci.bar(0);
    const [name = ''] = readdirSync(`/sys/bus/pci/devices/${edu.EDU_ADDRESS}/uio`);
    using uio = new Uio({ device: name });
    const refused = withCode('ERR_UNSUPPORTED', /uio_pci_generic.* new PciDevice\('0000:00:04\.0'\)/);
    assert.throws(() => uio.irqOn(), refused);
    assert.throws(() => uio.irqOff(), refused);
    await assert.rejects(uio.interrupts({ rearm: 'edge' }).next(), refused);
    pci.irqOn();
    const waits = [uio.waitIrq(), pci.waitIrq()];
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    const [seen, same] = await Promise.all(waits);
    assert.equal(typeof seen, 'number');
    assert.equal(seen, same);
    edu.acknowledge(regs);
  });

  it('ends with an error when the device closes or is given back', async () => {
    using other = new PciDevice(edu.EDU);
    const closing = other.waitIrq();
    other.close();
    await assert.rejects(closing, withCode('ERR_CLOSED'));
    const { pci } = device;
    const givingBack = pci.waitIrq();
    device.taken.close();
    await assert.rejects(givingBack, withCode('ERR_CLOSED'));
    await assert.rejects(pci.waitIrq(), withCode('ERR_UNSUPPORTED', /takeOver/));
    device.taken = pci.takeOver('uio_pci_generic');
  });
});
