/* Regions over ArrayBuffers and views of them: the same methods and the same checks, no kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MemoryMappedIO } from 'mmapio';
import { withCode } from '../../support/errors.js';

test('every kind of buffer and view is a region over its own bytes', () => {
  const buffer = new ArrayBuffer(32);
  const memories = [
    buffer,
    new SharedArrayBuffer(32),
    new Uint8Array(buffer, 8, 8),
    new Float64Array(buffer, 8, 1),
    new DataView(buffer, 8, 8),
    Buffer.alloc(16),
  ];
  for (const memory of memories) {
    const region = new MemoryMappedIO(memory);
    assert.equal(region.length, memory.byteLength);
    region.writeQuad(0, 0x1122334455667788n);
    assert.deepEqual(
      [region.readByte(7), region.readHalf(4), region.readWord(0), region.readQuad(0)],
      [0x11, 0x3344, 0x55667788, 0x1122334455667788n],
    );
    assert.equal(region.access, 'read-write');
  }
  assert.equal(new DataView(buffer).getUint32(8, true), 0x55667788);
});

test('alignment counts from the buffer, not from the view', () => {
  const region = new MemoryMappedIO(new Uint8Array(new ArrayBuffer(32), 3));
  region.writeWord(1, 5);
  assert.throws(() => region.readWord(0), withCode('ERR_UNALIGNED'));
});

test('the last bytes of a buffer of odd length can be reached', () => {
  const region = new MemoryMappedIO(new ArrayBuffer(7));
  region.writeHalf(4, 0xabcd);
  region.writeByte(6, 0xef);
  assert.throws(() => region.readWord(4), withCode('ERR_OUT_OF_RANGE'));
  assert.equal(region.readByte(6), 0xef);
});

test('a detached buffer is closed', () => {
  const buffer = new ArrayBuffer(16);
  const region = new MemoryMappedIO(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  for (const access of [
    () => region.readByte(0),
    () => region.readHalf(0),
    () => region.readWord(0),
    () => region.readQuad(0),
    () => region.writeByte(0, 0),
    () => region.writeHalf(0, 0),
    () => region.writeWord(0, 0),
    () => region.writeQuad(0, 0n),
    () => region.readBlock(0, new Uint8Array(4)),
    () => region.writeFifo(0, new Uint8Array(4)),
  ]) {
    assert.throws(access, withCode('ERR_CLOSED', /detached/));
  }
});

test('inspecting shows where, never what', () => {
  assert.equal(
    inspect(new MemoryMappedIO(Buffer.from([0xab]))),
    'MemoryMappedIO { Buffer +0x0, 0x1 bytes, read-write }',
  );
});

test('a buffer of more than 4 GiB is accessed where it is said, or refused where the runtime has no views of it', () => {
  const beyond = 2 ** 32 + 16;
  const buffer = new ArrayBuffer(beyond + 16);
  try {
    const region = new MemoryMappedIO(buffer);
    region.writeByte(beyond, 0x11);
    region.writeHalf(beyond + 2, 0x2222);
    region.writeWord(beyond + 4, 0x33333333);
    region.writeQuad(beyond + 8, 0x4444444444444444n);
    const there = new DataView(buffer, beyond);
    assert.equal(there.getUint32(0, true), 0x22220011);
    assert.equal(region.readWord(beyond + 4), 0x33333333);
    assert.equal(there.getBigUint64(8, true), region.readQuad(beyond + 8));
    assert.equal(new DataView(buffer).getUint32(16, true), 0);
  } catch (error) {
    withCode('ERR_UNSUPPORTED', /no typed arrays over the 0x100000020 bytes/)(error);
  }
});
