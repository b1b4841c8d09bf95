import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { PhysicalMemory } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { temporaryFolder } from '../../support/files.js';

const table = `00000000-00000fff : Reserved
00001000-0009fbff : System RAM
40000000-7fffffff : PCI Bus 0000:00
  40000000-400fffff : PCI Bus 0000:01
    40000000-4001ffff : 0000:01:00.0
      40000000-4001ffff : e1000e
  40100000-40100fff : 0000:00:04.0
100000000-17fffffff : System RAM
  10a000000-10b002a3b : Kernel code
`;

/** A sparse file in place of /dev/mem, with bytes at some addresses. */
function memoryDevice(t: TestContext, bytes: [address: number, value: number][]): string {
  const path = join(temporaryFolder(t), 'mem');
  const fd = openSync(path, 'w');
  ftruncateSync(fd, 2 ** 37);
  for (const [address, value] of bytes) writeSync(fd, Uint8Array.of(value), 0, 1, address);
  closeSync(fd);
  return path;
}

function iomem(t: TestContext, text: string): string {
  const path = join(temporaryFolder(t), 'iomem');
  writeFileSync(path, text);
  return path;
}

describe('PhysicalMemory', () => {
  it('gives registers at an address that is not a multiple of the page size', (t) => {
    const device = memoryDevice(t, [[0x10_0123_4568, 0x5a]]);
    using memory = new PhysicalMemory(0x10_0123_4560n, 0x20, { device });
    assert.equal(memory.regs().readByte(8), 0x5a);
    assert.equal(memory.regs({ offset: 8 }).readWord(0), 0x5a);
    assert.equal(memory.regs({ offset: 8, byteOrder: 'big' }).readWord(0), 0x5a000000);
    assert.equal(memory.regs({ offset: 8, length: 4 }).length, 4);
    assert.throws(() => memory.regs().readWord(0x20), withCode('ERR_OUT_OF_RANGE'));
  });

  it('takes an address as a number too', (t) => {
    const device = memoryDevice(t, [[0x10_0000_0000, 7]]);
    using memory = new PhysicalMemory(0x10_0000_0000, 1, { device });
    assert.equal(memory.address, 0x10_0000_0000n);
    assert.equal(memory.regs().readByte(0), 7);
  });

  it('writes, unless it was opened for reading only', (t) => {
    const device = memoryDevice(t, []);
    using memory = new PhysicalMemory(0x1004, 4, { device });
    memory.regs().writeWord(0, 0x11223344);
    assert.equal(wordAt(device, 0x1004), 0x11223344);
    using reading = new PhysicalMemory(0x1004, 4, { device, access: 'read' });
    assert.throws(() => reading.regs().writeWord(0, 0), withCode('ERR_READ_ONLY'));
  });

  it('is closed by using, and shows what it is without reading it', (t) => {
    const device = memoryDevice(t, []);
    const memory = new PhysicalMemory(0x1000, 0x10, { device });
    const regs = memory.regs();
    assert.match(inspect(memory), /0x1000, 0x10 bytes/);
    memory[Symbol.dispose]();
    memory.close();
    assert.equal(memory.closed, true);
    assert.match(inspect(memory), /closed/);
    assert.throws(() => regs.readByte(0), withCode('ERR_CLOSED'));
    assert.throws(() => memory.regs(), withCode('ERR_CLOSED'));
  });

  it('refuses addresses and lengths that are none', (t) => {
    const device = memoryDevice(t, []);
    const open = (address: unknown, length: unknown) => () =>
      new PhysicalMemory(address as number, length as number, { device });
    assert.throws(open('0x1000', 4), withCode('ERR_INVALID_ARGUMENT'));
    assert.throws(open(0x1000, '4'), withCode('ERR_INVALID_ARGUMENT'));
    assert.throws(open(-1, 4), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(open(1.5, 4), withCode('ERR_OUT_OF_RANGE'));
    for (const beyond of [2 ** 53, 2n ** 53n]) {
      assert.throws(
        open(beyond, 4),
        withCode('ERR_OUT_OF_RANGE', /address is 0x20000000000000n?: it takes 0 to/),
      );
    }
    assert.throws(open(2n ** 64n, 4), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(open(0x1000, 0), withCode('ERR_OUT_OF_RANGE'));
  });

  it('says what to do where there is no such device', (t) => {
    const device = join(temporaryFolder(t), 'mem');
    assert.throws(() => new PhysicalMemory(0, 4, { device }), withCode('ENOENT', /UIO driver/));
  });
});

describe('the table of physical addresses', () => {
  it('has every range with its owner and depth', (t) => {
    const ranges = PhysicalMemory.ranges(iomem(t, table));
    assert.equal(ranges.length, 9);
    assert.deepEqual(ranges[5], { start: 0x40000000n, end: 0x4001ffffn, owner: 'e1000e', depth: 3 });
    assert.deepEqual(ranges[7], {
      start: 0x1_0000_0000n,
      end: 0x1_7fff_ffffn,
      owner: 'System RAM',
      depth: 0,
    });
  });

  it('tells the owners of an address, outermost first', (t) => {
    const file = iomem(t, table);
    const owners = (address: number) => PhysicalMemory.ownersOf(address, file).map(({ owner }) => owner);
    assert.deepEqual(owners(0x4001ffff), ['PCI Bus 0000:00', 'PCI Bus 0000:01', '0000:01:00.0', 'e1000e']);
    assert.deepEqual(owners(0x40020000), ['PCI Bus 0000:00', 'PCI Bus 0000:01']);
    assert.deepEqual(owners(0x40100fff), ['PCI Bus 0000:00', '0000:00:04.0']);
    assert.deepEqual(owners(0x10b000000), ['System RAM', 'Kernel code']);
    assert.deepEqual(owners(0x80000000), []);
  });

  it('is empty where the kernel hides the addresses', (t) => {
    const hidden = table.replace(/[0-9a-f]{8,9}-[0-9a-f]{8,9}/g, '00000000-00000000');
    assert.deepEqual(PhysicalMemory.ranges(iomem(t, hidden)), []);
  });

  it('survives any text', (t) => {
    const folder = temporaryFolder(t);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        writeFileSync(join(folder, 'iomem'), text);
        PhysicalMemory.ranges(join(folder, 'iomem'));
      }),
    );
  });

  it('is read from this machine', () => {
    for (const { start, end } of PhysicalMemory.ranges()) assert.ok(start <= end);
  });
});

function wordAt(path: string, offset: number): number {
  const fd = openSync(path, 'r');
  const word = Buffer.alloc(4);
  readSync(fd, word, 0, 4, offset);
  closeSync(fd);
  return word.readUInt32LE();
}
