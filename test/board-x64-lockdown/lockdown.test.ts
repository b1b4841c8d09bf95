/* What is left of a device under kernel lockdown, as Secure Boot has it. It cannot be undone: this needs a board of its own. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { PciDevice, PhysicalMemory, Uio, VfioDevice } from 'mmapio';
import { output } from '../support/cli.js';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';

const LOCKDOWN = '/sys/kernel/security/lockdown';

describe('a kernel that is locked down', () => {
  const lockedDown = withCode('EPERM', /locked down.*use VFIO/);

  before(() => {
    writeFileSync(LOCKDOWN, 'integrity');
    assert.match(readFileSync(LOCKDOWN, 'utf8'), /\[integrity\]/);
  });

  it('lets no BAR be mapped through sysfs, and no port be written', () => {
    using pci = new PciDevice(edu.EDU);
    pci.enable();
    assert.throws(() => pci.bar(0), lockedDown);
    using nvme = new PciDevice('00:07.0');
    assert.throws(() => nvme.bar(2, { writeCombine: true }), lockedDown);
    using network = new PciDevice('00:05.0');
    network.enable();
    const ports = network.ports(2);
    assert.equal(typeof ports.readUint32(4), 'number');
    assert.throws(() => ports.writeUint32(0, 0x8), lockedDown);
  });

  it('is what the error speaks of, also where a kernel driver has the device', () => {
    using pci = new PciDevice('00:03.0');
    assert.equal(pci.driver, 'virtio-pci');
    assert.throws(() => pci.bar(1), lockedDown);
  });

  it('lets configuration space be read only', () => {
    using pci = new PciDevice(edu.EDU);
    assert.equal(pci.config.readUint32(0), 0x11e8_1234);
    assert.equal(pci.isPresent(), true);
    assert.throws(() => pci.config.writeUint16(4, 0), lockedDown);
    assert.throws(() => pci.setBusMaster(!(pci.config.readUint16(4) & 4)), lockedDown);
  });

  it('lets /dev/mem not be opened', () => {
    assert.throws(
      () => new PhysicalMemory(0xfe80_0000, 4096),
      withCode('EPERM', /open '\/dev\/mem'.*locked down/),
    );
  });

  it('leaves registers and one interrupt through uio_pci_generic, which then cannot be turned on again', async () => {
    using pci = new PciDevice(edu.EDU);
    using _taken = pci.takeOver('uio_pci_generic');
    const [device = ''] = readdirSync(`/sys/bus/pci/devices/${edu.EDU_ADDRESS}/uio`);
    using uio = new Uio({ device });
    const regs = uio.regs(0);
    assert.equal(regs.readWord(edu.ID), 0x010000ed);
    pci.irqOn();
    const waiting = pci.waitIrq();
    regs.writeWord(edu.INTERRUPT_RAISE, 1);
    assert.equal(await waiting, 1);
    edu.acknowledge(regs);
    assert.throws(() => pci.irqOn(), lockedDown);
  });

  it('leaves everything through VFIO', async () => {
    using pci = new PciDevice(edu.EDU);
    using _taken = pci.takeOver('vfio-pci');
    using vfio = new VfioDevice(edu.EDU);
    const regs = vfio.bar(0);
    using buffer = vfio.allocateDma(4096);
    buffer.bytes.fill(0x5a);
    vfio.irqOn();
    edu.startDma(regs, buffer.address, edu.BUFFER, 16, edu.DMA_INTERRUPT);
    assert.equal(await vfio.waitIrq(), 1);
    assert.equal(edu.acknowledge(regs), edu.DMA_DONE);
  });

  it('is reported by the doctor', () => {
    assert.match(output(['doctor']), /lockdown.*integrity/);
  });
});
