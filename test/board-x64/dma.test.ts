/* DMA of a device without an IOMMU: it is given physical addresses. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type MemoryMappedIO, PciDevice, PhysicalMemory, PinnedMemory } from 'mmapio';
import * as edu from '../support/edu.js';
import { withCode } from '../support/errors.js';

const HUGE = 0x200000;
const hugePages = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';

describe('locked memory', () => {
  before(() => writeFileSync(hugePages, '4'));
  after(() => writeFileSync(hugePages, '0'));

  it('is a page with its physical address', () => {
    using buffer = new PinnedMemory(100);
    assert.equal(buffer.length, 100);
    assert.equal(buffer.pageSize, 4096);
    assert.equal(buffer.address % 4096n, 0n);
    assert.deepEqual(PhysicalMemory.ownersOf(buffer.address)[0]?.owner, 'System RAM');
    assert.deepEqual(buffer.segments, [{ offset: 0, address: buffer.address, length: 100 }]);
  });

  it('above the size of a page is a huge page', () => {
    using buffer = new PinnedMemory(4097);
    assert.equal(buffer.pageSize, HUGE);
    assert.equal(buffer.address % BigInt(HUGE), 0n);
    buffer.bytes.fill(1);
    assert.equal(buffer.regs().readByte(4096), 1);
  });

  it('above the size of a huge page is one of 1 GiB, of those that were set aside at boot', () => {
    using buffer = new PinnedMemory(HUGE + 1);
    assert.equal(buffer.pageSize, 2 ** 30);
    assert.equal(buffer.address % 2n ** 30n, 0n);
    assert.equal(buffer.segments.length, 1);
    assert.throws(
      () => new PinnedMemory(2 ** 30),
      withCode('ENOMEM', /hugepagesz=1G hugepages=1 on the kernel's command line/),
    );
  });

  it('may be in pieces for devices that take lists', () => {
    using buffer = new PinnedMemory(0x10001, { contiguous: false });
    assert.equal(buffer.pageSize, 4096);
    const covered = buffer.segments.reduce((sum, { length }) => sum + length, 0);
    assert.equal(covered, 0x10001);
    assert.equal(buffer.segments[0]?.address, buffer.address);
  });

  it('says how to get huge pages when there are none left', () => {
    const buffers = Array.from({ length: 4 }, () => new PinnedMemory(HUGE));
    assert.throws(() => new PinnedMemory(HUGE), withCode('ENOMEM', /nr_hugepages/));
    for (const buffer of buffers) buffer.close();
    new PinnedMemory(HUGE).close();
  });

  it('refuses what no page holds', () => {
    assert.throws(() => new PinnedMemory(2 ** 31), withCode('ERR_UNSUPPORTED', /u-dma-buf or VFIO/));
    assert.throws(
      () => new PinnedMemory(1, { pageSize: 12345 }),
      withCode('ERR_INVALID_ARGUMENT', /0x200000/),
    );
    assert.throws(() => new PinnedMemory(0), withCode('ERR_OUT_OF_RANGE'));
  });

  it('is given back', () => {
    const use = () => {
      using buffer = new PinnedMemory(4096);
      buffer.bytes[0] = 1;
    };
    use();
    const before = lockedKilobytes();
    for (let i = 0; i < 1000; i++) use();
    assert.equal(lockedKilobytes(), before);
  });
});

describe('DMA through locked memory', () => {
  let pci: PciDevice;
  let regs: MemoryMappedIO;
  before(() => {
    pci = new PciDevice(edu.EDU);
    pci.enable();
    pci.setBusMaster(true);
    regs = pci.bar(0);
  });
  after(() => pci.close());

  it('goes both ways', () => {
    using source = new PinnedMemory(4096);
    using destination = new PinnedMemory(4096);
    source.bytes.set(Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) & 0xff));
    source.syncForDevice({ direction: 'to-device' });
    edu.startDma(regs, source.address, edu.BUFFER, edu.BUFFER_LENGTH);
    edu.finishDma(regs);
    edu.startDma(regs, edu.BUFFER, destination.address, edu.BUFFER_LENGTH, edu.DMA_TO_MEMORY);
    edu.finishDma(regs);
    destination.syncForCpu({ direction: 'from-device' });
    assert.deepEqual(
      destination.bytes.subarray(0, edu.BUFFER_LENGTH),
      source.bytes.subarray(0, edu.BUFFER_LENGTH),
    );
    assert.ok(destination.bytes.subarray(edu.BUFFER_LENGTH).every((byte) => byte === 0));
  });

  it('reaches the end of a huge page of 1 GiB', () => {
    using buffer = new PinnedMemory(2 ** 30);
    const last = 2 ** 30 - 8;
    buffer.bytes.fill(0x5a, last);
    edu.startDma(regs, buffer.address + BigInt(last), edu.BUFFER, 8);
    edu.finishDma(regs);
    edu.startDma(regs, edu.BUFFER, buffer.address, 8, edu.DMA_TO_MEMORY);
    edu.finishDma(regs);
    assert.equal(buffer.regs().readQuad(0), 0x5a5a_5a5a_5a5a_5a5an);
  });

  it('is seen by exact reads while the device writes', () => {
    using buffer = new PinnedMemory(4096);
    const memory = buffer.regs();
    memory.writeWord(0, 0x01020304);
    edu.startDma(regs, buffer.address, edu.BUFFER, 4);
    edu.finishDma(regs);
    memory.writeWord(0, 0);
    edu.startDma(regs, edu.BUFFER, buffer.address, 4, edu.DMA_TO_MEMORY);
    while (memory.readWord(0) === 0);
    assert.equal(memory.readWord(0), 0x01020304);
    edu.finishDma(regs);
  });

  it('copies nothing without bus mastering', () => {
    using buffer = new PinnedMemory(4096);
    pci.setBusMaster(false);
    edu.startDma(regs, edu.BUFFER, buffer.address, 8, edu.DMA_TO_MEMORY);
    edu.finishDma(regs);
    assert.equal(buffer.regs().readQuad(0), 0n);
    pci.setBusMaster(true);
  });
});

describe('physical memory of a real kernel', () => {
  it('holds the registers of a BAR', () => {
    using pci = new PciDevice(edu.EDU);
    pci.enable();
    const { address = 0n, size = 0 } = pci.bars[0] ?? {};
    using memory = new PhysicalMemory(address, size);
    assert.equal(memory.regs().readWord(edu.ID), 0x010000ed);
    using unaligned = new PhysicalMemory(address + 4n, 4);
    unaligned.regs().writeWord(0, 1);
    assert.equal(pci.bar(0).readWord(edu.LIVENESS), 0xfffffffe);
    assert.ok(PhysicalMemory.ownersOf(address).some(({ owner }) => owner === edu.EDU_ADDRESS));
  });

  it('is refused where the kernel protects it, with the owner', () => {
    const memory = PhysicalMemory.ranges().filter(({ owner }) => owner === 'System RAM');
    const open = () => new PhysicalMemory((memory.at(-1)?.end ?? 0n) - 0xfffn, 0x1000);
    assert.throws(open, withCode('EPERM', /belongs to 'System RAM'.*STRICT_DEVMEM/));
  });
});

function lockedKilobytes(): number {
  return Number(/VmLck:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
