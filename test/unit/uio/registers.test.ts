/*
 * Which bytes of a map are a device's registers, for both ways in which kernel drivers describe them. The file that
 * stands for the device node is what mmap(2) of it would give: map N at page N.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uio } from 'mmapio';
import { native } from '#src/native/binding.js';
import { withCode } from '../../support/errors.js';
import { fakeUio } from '../../support/fake-uio.js';

const PAGE = native.pageSize;
const hex = (value: number) => `0x${value.toString(16)}`;

/** Pages whose words hold their own offset. */
function pages(count: number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: (count * PAGE) / 4 }, (_, i) => i * 4).buffer);
}

const BASE = 0x4000_0000;

test('addr unaligned, offset 0, exact size: the registers begin inside the page', (t) => {
  const maps = [{ addr: hex(BASE + 0x200), size: '0x100' }];
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(1) }]));
  const regs = uio.regs();
  assert.equal(regs.length, 0x100);
  assert.equal(regs.readWord(0), 0x200);
  assert.equal(regs.readWord(0xfc), 0x2fc);
  assert.throws(() => regs.readByte(0x100), withCode('ERR_OUT_OF_RANGE'));
});

test('addr aligned, offset, rounded size: the device tree tells the size', (t) => {
  const maps = [{ addr: hex(BASE), size: hex(PAGE), offset: '0x200' }];
  const reg = [0, BASE + 0x200, 0, 0x100];
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, reg, node: pages(1) }]));
  const regs = uio.regs();
  assert.equal(regs.length, 0x100);
  assert.equal(regs.readWord(0), 0x200);
  assert.equal(regs.readWord(0xfc), 0x2fc);
});

test('addr aligned, offset, rounded size, no device tree: the registers end with the map', (t) => {
  const maps = [{ addr: hex(BASE), size: hex(PAGE), offset: '0x200' }];
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(1) }]));
  assert.equal(uio.regs().length, PAGE - 0x200);
  assert.equal(uio.regs().readWord(0), 0x200);
});

test('addr aligned, offset, a size that does not reach it: the size is that of the registers', (t) => {
  for (const size of [0x100, 0x200]) {
    const maps = [{ addr: hex(BASE), size: hex(size), offset: '0x200' }];
    using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(1) }]));
    assert.equal(uio.regs().length, size);
    assert.equal(uio.regs().readWord(0), 0x200);
  }
});

test('a device tree entry that does not fit the map is not believed', (t) => {
  const maps = [{ addr: hex(BASE), size: hex(PAGE), offset: '0x200' }];
  for (const reg of [
    [0, BASE + 0x300, 0, 0x100],
    [0, BASE + 0x200, 0, 2 * PAGE],
    [0, BASE + 0x200, 0, 0],
    [],
  ]) {
    using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, reg, node: pages(1) }]));
    assert.equal(uio.regs().length, PAGE - 0x200);
  }
});

test('a map that passes a page boundary is reachable to its last register', (t) => {
  const maps = [{ addr: hex(BASE + PAGE - 8), size: '0x10' }];
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(2) }]));
  assert.equal(uio.regs().readWord(0), PAGE - 8);
  assert.equal(uio.regs().readWord(0xc), PAGE + 4);
});

test('map N is at page N of the device node', (t) => {
  const maps = ['a', 'b', 'c'].map((name) => ({ name, addr: hex(BASE), size: hex(PAGE) }));
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(3) }]));
  assert.equal(uio.regs().readWord(4), 4);
  assert.equal(uio.regs(1).readWord(4), PAGE + 4);
  assert.equal(uio.regs('c').readWord(4), 2 * PAGE + 4);
});

test('a part of the registers can be asked for, in either byte order', (t) => {
  const maps = [{ addr: hex(BASE), size: hex(PAGE) }];
  using uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(1) }]));
  const regs = uio.regs(0, { offset: 0x10, length: 8, byteOrder: 'big' });
  assert.equal(regs.length, 8);
  assert.equal(regs.readWord(4), 0x14000000);
  assert.throws(() => uio.regs(0, { offset: PAGE, length: 4 }), withCode('ERR_OUT_OF_RANGE'));
});

test('all regions of a map lie over one mapping, which close() unmaps', (t) => {
  const maps = [{ addr: hex(BASE), size: hex(PAGE) }];
  const uio = new Uio('slot', fakeUio(t, [{ device: 'uio0', name: 'slot', maps, node: pages(1) }]));
  const [first, second] = [uio.regs(), uio.regs(0, { offset: 4 })];
  first.writeWord(4, 0x77);
  assert.equal(second.readWord(0), 0x77);
  uio.close();
  uio.close();
  assert.equal(uio.closed, true);
  assert.throws(() => first.readWord(0), withCode('ERR_CLOSED'));
  assert.throws(() => uio.regs(), withCode('ERR_CLOSED'));
  assert.throws(() => uio.irqOn(), withCode('ERR_CLOSED'));
  assert.throws(() => uio.waitIrqSync(0), withCode('ERR_CLOSED'));
});
