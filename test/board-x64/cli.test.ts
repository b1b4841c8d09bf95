/* The command on a PCI device: through its BAR, at its physical address, and its interrupt. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { output, started } from '../support/cli.js';
import * as edu from '../support/edu.js';
import { takenEdu } from '../support/taken-edu.js';

const BAR = `pci:${edu.EDU_ADDRESS}/bar0`;
const IDENTIFICATION = '0x010000ed\n';

describe('the command on a PCI device', () => {
  const device = takenEdu('uio_pci_generic');

  it('is listed with its BARs and its driver', () => {
    const text = output(['list']);
    assert.match(text, /pci:0000:00:04\.0/);
    assert.match(text, /uio_pci_generic/);
  });

  it('is read and written through a BAR', () => {
    assert.equal(output(['read', BAR, '0', '-q']), IDENTIFICATION);
    output(['write', BAR, '4=0x12345678']);
    assert.equal(output(['read', BAR, '4', '-q']), '0xedcba987\n');
  });

  it('is the same at its physical address', () => {
    const { address } = device.pci.bars[0] ?? {};
    assert.equal(output(['read', `mem:0x${address?.toString(16)}+0x1000`, '0', '-q']), IDENTIFICATION);
  });

  it('shows its interrupt', async (t) => {
    const regs = device.pci.bar(0);
    const irq = started(t, ['irq', BAR, '--count', '1']);
    // Raised anew until it is seen, because the command says nothing before.
    const raise = setInterval(() => regs.writeWord(edu.INTERRUPT_RAISE, 1), 100);
    try {
      assert.equal(await irq.ended, 0);
    } finally {
      clearInterval(raise);
    }
    assert.equal(edu.acknowledge(regs), 1);
    assert.match(irq.output, /\b1\b/);
  });
});
