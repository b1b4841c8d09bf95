/* Bus errors of an address where no device answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { BusError, type MemoryMappedIO, PhysicalMemory, Uio } from 'mmapio';
import { GPIO, RTC } from '../support/board-devices.js';
import { withCode } from '../support/errors.js';

const ACCESSES: Record<string, (region: MemoryMappedIO) => unknown> = {
  readByte: (region) => region.readByte(0x123),
  readHalf: (region) => region.readHalf(0x122),
  readWord: (region) => region.readWord(0x120),
  readQuad: (region) => region.readQuad(0x120),
  writeByte: (region) => region.writeByte(0x123, 1),
  writeHalf: (region) => region.writeHalf(0x122, 1),
  writeWord: (region) => region.writeWord(0x120, 1),
  writeQuad: (region) => region.writeQuad(0x120, 1n),
  readBlock: (region) => region.readBlock(0x120, new Uint32Array(8)),
  writeFifo: (region) => region.writeFifo(0x120, new Uint32Array(8)),
};

for (const [name, access] of Object.entries(ACCESSES)) {
  test(`${name} where nothing answers is an error, and the map is mapped again when asked for`, () => {
    using uio = new Uio('empty@a100000');
    const region = uio.regs();
    assert.throws(
      () => access(region),
      (error) => error instanceof BusError && (error.offset & ~3) === 0x120 && error.path === uio.path,
    );
    assert.throws(() => region.readWord(0), withCode('ERR_BUS_FAULT', /dead/));
    assert.throws(() => access(uio.regs()), withCode('ERR_BUS_FAULT', /nothing answered/));
  });
}

test('a block that begins where nothing answers does not reach the device behind', () => {
  using gpio = new Uio(GPIO.name);
  const directions = gpio.regs(0, { offset: GPIO.DIRECTION, length: 4 });
  const before = directions.readWord(0);
  using memory = new PhysicalMemory(0x0902f000, 0x2000);
  assert.throws(
    () => memory.regs().writeBlock(0x800, new Uint32Array(0x400).fill(~before & 0xff)),
    (error) => error instanceof BusError && error.offset === 0x800,
  );
  assert.equal(directions.readWord(0), before);
});

test('other devices live on', () => {
  using empty = new Uio('empty@a100000');
  using clock = new Uio(RTC.name);
  const regs = clock.regs();
  assert.throws(() => empty.regs().readWord(0), withCode('ERR_BUS_FAULT'));
  assert.equal(regs.readWord(RTC.ID), 0x31);
});

test('in a worker too', async () => {
  const code = `
    import('mmapio').then(async ({ Uio }) => {
      const { parentPort } = await import('node:worker_threads');
      const uio = new Uio('empty@a100000');
      try { uio.regs().readWord(8); } catch (error) { parentPort.postMessage(error.code + ' ' + error.offset); }
      uio.close();
    })`;
  const answer = await new Promise((resolve, reject) => {
    new Worker(code, { eval: true }).on('message', resolve).on('error', reject);
  });
  assert.equal(answer, 'ERR_BUS_FAULT 8');
});
