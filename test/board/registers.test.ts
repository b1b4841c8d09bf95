/* Registers of real devices, through the kernel's UIO driver. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MemoryMap, MemoryMappedIO, Uio } from 'mmapio';
import { GPIO, peripheralId, RTC } from '../support/board-devices.js';
import { withCode } from '../support/errors.js';
import { countDescriptors, countMappings } from '../support/resources.js';

const VIRTIO_MAGIC = 0x74726976;

test('the clock and the GPIO identify themselves', () => {
  using clock = new Uio(RTC.name);
  using gpio = new Uio(GPIO.name);
  assert.equal(peripheralId(clock.regs()), 0x00141031);
  assert.equal(peripheralId(gpio.regs()), 0x00041061);
});

test('the clock counts seconds, and can be set', () => {
  using uio = new Uio(RTC.name);
  const clock = uio.regs();
  const LOAD = 0x08;
  const now = clock.readWord(RTC.DATA);
  assert.ok(now > Date.parse('2020-01-01') / 1000, `${now}`);
  clock.writeWord(LOAD, 1_000_000);
  let set = clock.readWord(RTC.DATA);
  assert.ok(set >= 1_000_000 && set < now, `${set}`);
  for (const first = set; set === first; ) set = clock.readWord(RTC.DATA);
  clock.writeWord(LOAD, now);
  assert.ok(set > 1_000_000 && set < now, `${set}`);
});

test('a device node is mapped as any file is', () => {
  const { device } = Uio.list().find((info) => info.name === RTC.name) ?? {};
  using map = MemoryMap.open(`/dev/${device}`, { length: 0x1000 });
  assert.equal(peripheralId(new MemoryMappedIO(map)), 0x00141031);
  assert.throws(
    () => MemoryMap.open(`/dev/${device}`, { length: 0x2000 }),
    withCode('EINVAL', /must stay inside the device's map/),
  );
});

test('a device inside a page begins at its own first register and ends with its last', () => {
  using uio = new Uio('virtio@a000200');
  const slot = uio.regs();
  assert.equal(slot.length, 0x200);
  assert.equal(slot.readWord(0), VIRTIO_MAGIC);
  assert.equal(slot.readWord(0x0c), 0x554d4551);
  assert.equal(slot.readWord(0x1fc), 0);
  assert.throws(() => slot.readWord(0x200), withCode('ERR_OUT_OF_RANGE'));
});

test('each of two maps has its own registers', () => {
  using uio = new Uio('fw-cfg@9020000');
  assert.equal(uio.regs('slot').readWord(0), VIRTIO_MAGIC);
  const firmware = uio.regs('firmware', { byteOrder: 'big' });
  assert.equal(firmware.length, 0x18);
  assert.equal(firmware.readQuad(0x10), 0x51454d5520434647n);
});

test('a FIFO gives its bytes one access after the other, of any width', () => {
  using uio = new Uio('fw-cfg@9020000');
  const firmware = uio.regs('firmware', { byteOrder: 'big' });
  const SELECT = 0x08;
  firmware.writeHalf(SELECT, 0);
  assert.equal(Buffer.from(firmware.readFifo(0, new Uint8Array(4))).toString(), 'QEMU');
  firmware.writeHalf(SELECT, 0);
  assert.deepEqual(firmware.readFifo(0, new Uint16Array(2)), Uint16Array.of(0x5145, 0x4d55));
  firmware.writeHalf(SELECT, 0);
  assert.equal(firmware.readWord(0), 0x51454d55);
});

test('inspecting a device takes nothing from its FIFO', () => {
  using uio = new Uio('fw-cfg@9020000');
  const firmware = uio.regs('firmware', { byteOrder: 'big' });
  firmware.writeHalf(0x08, 0);
  inspect([uio, firmware, uio.maps], { showHidden: true, depth: 10 });
  `${uio}${firmware}${JSON.stringify([uio, firmware], (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`;
  structuredClone(uio.maps);
  assert.equal(Buffer.from(firmware.readFifo(0, new Uint8Array(4))).toString(), 'QEMU');
});

test('blocks of every width arrive in device memory and come back', () => {
  using uio = new Uio('memory@70000000');
  const memory = uio.regs();
  assert.equal(memory.length, 0x10000);
  const words = Uint32Array.from({ length: 0x4000 }, (_, i) => i * 0x9e3779b1);
  memory.writeBlock(0, words);
  assert.deepEqual(memory.readBlock(0, new Uint32Array(0x4000)), words);
  assert.deepEqual(memory.readBlock(0, new Uint8Array(0x10000)), new Uint8Array(words.buffer));
  assert.deepEqual(memory.readBlock(0, new Uint16Array(0x8000)), new Uint16Array(words.buffer));
  assert.deepEqual(memory.readBlock(0, new BigUint64Array(0x2000)), new BigUint64Array(words.buffer));
});

test('each width writes its own bytes of device memory', () => {
  using uio = new Uio('memory@70000000');
  const memory = uio.regs();
  memory.writeQuad(0, 0n);
  memory.writeByte(1, 0xab);
  memory.writeHalf(2, 0xcdef);
  memory.writeWord(4, 0x89abcdef);
  assert.equal(memory.readQuad(0), 0x89abcdefcdefab00n);
  assert.equal(memory.modifyWord(0, 0xff, 0x77), 0xcdefab00);
  memory.barrier();
  assert.equal(memory.readByte(0), 0x77);
});

test('hundreds of open and close cycles leave nothing', () => {
  new Uio(RTC.name).close();
  const before = [countDescriptors(), countMappings()];
  for (let i = 0; i < 300; i++) {
    using uio = new Uio('fw-cfg@9020000');
    uio.regs(0);
    uio.regs(1).readWord(0);
  }
  assert.equal(countDescriptors(), before[0]);
  assert.equal(countMappings('uio0'), 0);
  assert.ok(countMappings() < (before[1] ?? 0) + 50);
});
