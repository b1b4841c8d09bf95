/* VFIO behind an IOMMU, with QEMU's edu and a network controller. */
import assert from 'node:assert/strict';
import { chownSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type MemoryMappedIO, PciDevice, type PciTakeover, VfioDevice } from 'mmapio';
import { MemoryMap, slotOf } from '#src/memory/memory-map.js';
import { VfioGroup } from '#src/vfio/group.js';
import { runModule } from '../support/child.js';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';
import { runForgetful } from '../support/forgotten.js';
import { countDescriptors, countMappings } from '../support/resources.js';
import { takenEdu } from '../support/taken-edu.js';

describe('a VFIO device', () => {
  const device = takenEdu('vfio-pci');

  it('has registers, configuration space and what identifies it', () => {
    using vfio = new VfioDevice(edu.EDU);
    assert.equal(vfio.address, edu.EDU_ADDRESS);
    assert.equal(vfio.config.readUint32(0), 0x11e8_1234);
    assert.equal(vfio.bar(0).readWord(edu.ID), 0x010000ed);
    assert.equal(vfio.isPresent(), true);
    assert.equal(vfio.removalRequested, false);
    assert.deepEqual(vfio.interruptCounts, { intx: 1, msi: 1, 'msi-x': 0 });
    assert.match(inspect(vfio), /VfioDevice { 0000:00:04.0, group \d+, msi }/);
  });

  for (const interrupt of ['msi', 'intx'] as const) {
    it(`tells by ${interrupt} when a factorial is computed`, async () => {
      using vfio = new VfioDevice(edu.EDU, { interrupt });
      assert.equal(vfio.interruptKind, interrupt);
      const regs = vfio.bar(0);
      vfio.irqOn();
      regs.writeWord(edu.STATUS, 0x80);
      regs.writeWord(edu.FACTORIAL, 12);
      assert.equal(await vfio.waitIrq({ timeout: 10_000 }), 1);
      assert.equal(edu.acknowledge(regs), 1);
      assert.equal(regs.readWord(edu.FACTORIAL), 479001600);
    });

    it(`signals ${interrupt} once for each turn of a loop`, async () => {
      using vfio = new VfioDevice(edu.EDU, { interrupt });
      const regs = vfio.bar(0);
      const source = vfio.interrupts();
      let next = source.next();
      for (let turns = 1; turns <= 500; turns++) {
        regs.writeWord(edu.INTERRUPT_RAISE, turns);
        const { value } = await next;
        assert.deepEqual(value, { count: turns, missed: 0 });
        assert.equal(edu.acknowledge(regs), turns);
        next = source.next();
      }
      assert.equal(await vfio.waitIrq({ timeout: 0 }), null);
    });

    it(`is silent while ${interrupt} is off`, async () => {
      using vfio = new VfioDevice(edu.EDU, { interrupt });
      const regs = vfio.bar(0);
      vfio.irqOn();
      vfio.irqOff();
      regs.writeWord(edu.INTERRUPT_RAISE, 1);
      assert.equal(await vfio.waitIrq({ timeout: 50 }), null);
      edu.acknowledge(regs);
      vfio.irqOn();
      regs.writeWord(edu.INTERRUPT_RAISE, 1);
      assert.equal(vfio.waitIrqSync(10_000), 1);
      edu.acknowledge(regs);
    });
  }

  it('moves memory both ways, at addresses of its own', async () => {
    using vfio = new VfioDevice(edu.EDU);
    const regs = vfio.bar(0);
    using source = vfio.allocateDma(0x10000);
    using destination = vfio.allocateDma(4096);
    assert.notEqual(source.address, 0n);
    assert.ok(destination.address >= source.address + 0x10000n);
    source.bytes.set(Uint8Array.from({ length: 0x10000 }, (_, i) => (i * 11) & 0xff));
    vfio.irqOn();
    // The second page of the first buffer.
    edu.startDma(regs, source.address + 4096n, edu.BUFFER, edu.BUFFER_LENGTH, edu.DMA_INTERRUPT);
    await vfio.waitIrq();
    assert.equal(edu.acknowledge(regs), edu.DMA_DONE);
    edu.startDma(
      regs,
      edu.BUFFER,
      destination.address,
      edu.BUFFER_LENGTH,
      edu.DMA_TO_MEMORY | edu.DMA_INTERRUPT,
    );
    await vfio.waitIrq();
    edu.acknowledge(regs);
    assert.deepEqual(
      destination.bytes.subarray(0, edu.BUFFER_LENGTH),
      source.bytes.subarray(4096, 4096 + edu.BUFFER_LENGTH),
    );
  });

  it('reaches memory at an address that was chosen', () => {
    using vfio = new VfioDevice(edu.EDU);
    vfio.setBusMaster(true);
    const regs = vfio.bar(0);
    using low = vfio.allocateDma(4096, { address: 0x1234_5000 });
    using high = vfio.allocateDma(8192, { address: 0x12_3456_7000n });
    assert.equal(low.address, 0x1234_5000n);
    assert.equal(high.address, 0x12_3456_7000n);
    low.bytes.fill(0x5a);
    edu.startDma(regs, low.address, edu.BUFFER, 16);
    edu.finishDma(regs);
    edu.startDma(regs, edu.BUFFER, high.address + 4096n, 16, edu.DMA_TO_MEMORY);
    edu.finishDma(regs);
    assert.deepEqual(high.bytes.subarray(4096, 4112), low.bytes.subarray(0, 16));
  });

  it('refuses an address that is taken, or that the IOMMU does not take, and loses nothing by it', () => {
    using vfio = new VfioDevice(edu.EDU);
    const { address } = vfio.allocateDma(8192);
    const before = [countDescriptors(), countMappings()];
    const at = (chosen: bigint) => vfio.allocateDma(4096, { address: chosen });
    assert.throws(() => at(address + 4096n), withCode('EEXIST', /choose others/));
    // Where message-signalled interrupts go.
    assert.throws(() => at(0xfee0_0000n), withCode('ERR_OUT_OF_RANGE', /takes 0x1000 to 0xfedfffff/));
    assert.throws(() => at(address + 1n), withCode('ERR_UNALIGNED'));
    assert.deepEqual([countDescriptors(), countMappings()], before);
  });

  it('cannot reach a buffer that is closed', () => {
    using vfio = new VfioDevice(edu.EDU);
    vfio.setBusMaster(true);
    const regs = vfio.bar(0);
    using kept = vfio.allocateDma(4096);
    const closed = vfio.allocateDma(4096);
    const { address, bytes } = closed;
    closed.close();
    assert.equal(bytes.length, 0);
    edu.startDma(regs, edu.BUFFER, address, 8, edu.DMA_TO_MEMORY);
    edu.finishDma(regs);
    assert.ok(kept.bytes.every((byte) => byte === 0));
    // The address is free for the next.
    using next = vfio.allocateDma(4096);
    assert.equal(next.address, address);
    assert.ok(next.bytes.every((byte) => byte === 0));
  });

  it('closes its buffers and waits', async () => {
    const vfio = new VfioDevice(edu.EDU);
    const buffer = vfio.allocateDma(4096);
    const regs = vfio.bar(0);
    const waiting = vfio.waitIrq();
    vfio.close();
    vfio.close();
    await assert.rejects(waiting, withCode('ERR_CLOSED'));
    assert.equal(buffer.closed, true);
    assert.throws(() => regs.readWord(0), withCode('ERR_CLOSED'));
    assert.throws(() => vfio.config.readUint8(0), withCode('ERR_CLOSED'));
    assert.throws(() => vfio.bar(0), withCode('ERR_CLOSED'));
    await assert.rejects(vfio.waitIrq(), withCode('ERR_CLOSED'));
  });

  it('is a bus error while it does not answer to memory', () => {
    using vfio = new VfioDevice(edu.EDU);
    const regs = vfio.bar(0);
    const command = vfio.config.readUint16(4);
    vfio.config.writeUint16(4, command & ~2);
    assert.throws(() => regs.readWord(edu.ID), withCode('ERR_BUS_FAULT'));
    vfio.config.writeUint16(4, command | 2);
    assert.throws(() => regs.readWord(edu.ID), withCode('ERR_BUS_FAULT'), 'dead until it is mapped anew');
    assert.equal(vfio.bar(0).readWord(edu.ID), 0x010000ed);
  });

  it('keeps its BARs from everybody else, mappings that exist included', () => {
    using pci = new PciDevice(edu.EDU);
    using vfio = new VfioDevice(edu.EDU);
    const before = pci.bar(0);
    assert.equal(before.readWord(edu.ID), 0x010000ed);
    vfio.bar(0);
    assert.throws(() => before.readWord(edu.ID), withCode('ERR_BUS_FAULT'));
    assert.throws(() => pci.bar(0), withCode('EINVAL', /in use through VFIO.*close that first/));
    vfio.close();
    pci.bar(0);
    assert.throws(() => pci.enable(), withCode('EBUSY', /driver vfio-pci/));
  });

  it('needs no root when its group may be opened', () => {
    using pci = new PciDevice(edu.EDU);
    chownSync(`/dev/vfio/${pci.iommuGroup}`, 1000, 1000);
    const { status, stderr } = runModule(`
      process.setgid(1000);
      process.setuid(1000);
      const { VfioDevice } = await import('mmapio');
      const vfio = new VfioDevice('${edu.EDU_ADDRESS}');
      vfio.allocateDma(4096);
      if (vfio.bar(0).readWord(0) !== 0x010000ed) process.exit(2);
    `);
    assert.equal(status, 0, stderr);
  });

  it('is somebody else\u2019s as long as he has it', () => {
    using vfio = new VfioDevice(edu.EDU);
    assert.throws(() => device.taken.close(), withCode('EBUSY', /close the VfioDevice first/));
    const { stdout } = runModule(`
      const { VfioDevice } = await import('mmapio');
      try { new VfioDevice('${edu.EDU_ADDRESS}'); } catch (error) { console.log(error.code, error.message); }
    `);
    assert.match(stdout, /^EBUSY .*another thread, has the group open/);
    assert.equal(vfio.isPresent(), true);
  });

  it('goes when nobody closed it and nobody can reach it; its registers stay as long as they are used', () => {
    const address = edu.EDU_ADDRESS;
    const { stdout, stderr } = runForgetful(
      {},
      {
        open: `const vfio = new VfioDevice('${address}'); vfio.allocateDma(4096); vfio.irqOn();`,
        keep: `const { config } = new VfioDevice('${address}'); return config;`,
        kept: 'return it.readUint16(0);',
      },
    );
    // Of 51: the device, and the request, the interrupt, and both in one. One group and container, and the kept device.
    assert.match(stdout, /^206,[3-7],4660\n$/, stderr);
  });

  it('does not give away addresses that the kernel has not unmapped', () => {
    const group = VfioGroup.acquire(device.pci.iommuGroup ?? 0, { sysfs: '/sys', dev: '/dev' });
    // Not in the window, which belongs to the package, and these modules are not the same as its own.
    using memory = MemoryMap.open('/dev/zero', { length: 8192, engine: 'native' });
    const address = group.mapDma(slotOf(memory), 8192);
    // The kernel unmaps no part of a mapping.
    group.unmapDma(address, 4096);
    using other = MemoryMap.open('/dev/zero', { length: 4096, engine: 'native' });
    assert.notEqual(group.mapDma(slotOf(other), 4096), address);
    group.release();
  });

  it('leaks neither descriptors nor mappings', () => {
    const use = () => {
      using vfio = new VfioDevice(edu.EDU);
      vfio.bar(0).readWord(0);
      vfio.allocateDma(8192).bytes[0] = 1;
      vfio.irqOn();
    };
    use();
    const [descriptors, mappings] = [countDescriptors(), countMappings('[vfio-device]')];
    for (let i = 0; i < 100; i++) use();
    assert.equal(countDescriptors(), descriptors);
    assert.equal(countMappings('[vfio-device]'), mappings);
  });
});

describe('what VFIO offers of a network controller', () => {
  const address = '0000:00:05.0';
  let taken: PciTakeover;
  let vfio: VfioDevice;
  let regs: MemoryMappedIO;
  before(() => {
    using pci = new PciDevice(address);
    taken = pci.takeOver('vfio-pci');
    vfio = new VfioDevice(address, { vectors: 3 });
    regs = vfio.bar(0);
  });
  after(() => {
    vfio.close();
    taken.close();
  });

  it('is several vectors of MSI-X, each of its own', async () => {
    assert.deepEqual(vfio.interruptCounts, { intx: 1, msi: 1, 'msi-x': 5 });
    assert.equal(vfio.interruptKind, 'msi-x');
    const [first, second, third] = [vfio.vector(0), vfio.vector(1), vfio.vector(2)];
    second.irqOn();
    third.irqOn();
    // 82574: IVAR sends receive queue 0 to vector 1 and everything else to vector 2; IMS enables, ICS raises.
    regs.writeWord(0xe4, 0x000a_0009);
    regs.writeWord(0xd0, 1 << 20);
    regs.writeWord(0xc8, 1 << 20);
    assert.equal(await second.waitIrq({ timeout: 10_000 }), 1);
    assert.equal(await first.waitIrq({ timeout: 0 }), null);
    assert.equal(await third.waitIrq({ timeout: 0 }), null);
    assert.throws(() => vfio.vector(3), withCode('ERR_NOT_FOUND', /no vector 3\. The option vectors/));
    assert.throws(() => vfio.vector(10), withCode('ERR_NOT_FOUND', /no vector 10\./));
  });

  it('is ports that are the same as memory', () => {
    const ports = vfio.ports(2);
    ports.writeUint32(0, 0x8);
    assert.equal(ports.readUint32(4), regs.readWord(0x8));
    assert.throws(() => vfio.bar(2), withCode('ERR_UNSUPPORTED', /ports\(2\)/));
    assert.throws(() => vfio.ports(0), withCode('ERR_UNSUPPORTED', /bar\(0\)/));
    assert.throws(() => vfio.bar(5), withCode('ERR_NOT_FOUND'));
  });

  it('is a reset', () => {
    const before = regs.readWord(0x38);
    regs.writeWord(0x38, 0x8100);
    assert.equal(regs.readWord(0x38), 0x8100);
    vfio.reset();
    assert.equal(vfio.bar(0).readWord(0x38), before);
  });

  it('is only what the device has', () => {
    vfio.close();
    assert.throws(
      () => new VfioDevice(address, { vectors: 6 }),
      withCode('ERR_UNSUPPORTED', /has 5 of kind msi-x/),
    );
    assert.throws(
      () => new VfioDevice(address, { interrupt: 'msi', vectors: 2 }),
      withCode('ERR_UNSUPPORTED', /has 1 of kind msi/),
    );
    assert.throws(
      () => new VfioDevice(address, { interrupt: 'wire' as 'msi' }),
      withCode('ERR_INVALID_ARGUMENT', /intx or msi or msi-x/),
    );
  });
});

describe('a device that VFIO cannot have', () => {
  it('has another driver', () => {
    assert.throws(
      () => new VfioDevice('00:06.0'),
      withCode('ERR_UNSUPPORTED', /driver none.*takeOver\('vfio-pci'\)/),
    );
  });
});
