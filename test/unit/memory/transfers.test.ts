/* readBlock, writeBlock, readFifo, writeFifo: each element is one access of the array's element width. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { MemoryMappedIO, type TypedArray } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { counting, mappedFile } from '../../support/files.js';

const ARRAYS = [
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
] as const;

function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Regions that hold the same bytes: over a mapping and over ordinary memory. */
function bothKinds(t: Parameters<typeof mappedFile>[0], bytes: Uint8Array) {
  return [mappedFile(t, bytes).region, new MemoryMappedIO(bytes.slice())];
}

test('a block is read into and written from every kind of typed array, bit by bit', (t) => {
  for (const region of bothKinds(t, counting(256))) {
    for (const kind of ARRAYS) {
      const array = region.readBlock(64, new kind(8));
      assert.ok(array instanceof kind);
      assert.deepEqual(bytesOf(array), counting(256).slice(64, 64 + array.byteLength));
      region.writeBlock(128, array);
      assert.deepEqual(region.readBlock(128, new Uint8Array(array.byteLength)), bytesOf(array));
    }
  }
});

test('a block of any length and place arrives whole', (t) => {
  const bytes = counting(40_000);
  for (const region of bothKinds(t, bytes)) {
    fc.assert(
      fc.property(fc.constantFrom(...ARRAYS), fc.nat(4000), fc.nat(4000), (kind, at, count) => {
        const width = kind.BYTES_PER_ELEMENT;
        const offset = at * width;
        fc.pre(offset + count * width <= bytes.length);
        assert.deepEqual(
          bytesOf(region.readBlock(offset, new kind(count))),
          bytes.slice(offset, offset + count * width),
        );
      }),
    );
  }
});

test('an array that begins inside its buffer is written from its own beginning', (t) => {
  for (const region of bothKinds(t, new Uint8Array(16))) {
    const words = Uint32Array.of(1, 2, 3, 4).subarray(1, 3);
    region.writeBlock(4, words);
    assert.deepEqual(region.readBlock(0, new Uint32Array(4)), Uint32Array.of(0, 2, 3, 0));
  }
});

test('a FIFO is one address', (t) => {
  for (const region of bothKinds(t, counting(64))) {
    assert.deepEqual(region.readFifo(8, new Uint32Array(3)), new Uint32Array(3).fill(0x0b0a0908));
    region.writeFifo(8, Uint16Array.of(0x1111, 0x2222, 0x3333));
    assert.equal(region.readQuad(8), 0x0f0e0d0c0b0a3333n);
  }
});

test('a FIFO may be longer than its region', (t) => {
  for (const region of bothKinds(t, counting(4))) {
    assert.equal(region.readFifo(0, new Uint32Array(5000))[4999], 0x03020100);
  }
});

test('a big-endian region swaps each element', (t) => {
  for (const little of bothKinds(t, counting(64))) {
    const region = little.slice(0, 64, { byteOrder: 'big' });
    assert.deepEqual(region.readBlock(0, new Uint8Array(2)), Uint8Array.of(0, 1));
    assert.deepEqual(region.readBlock(0, new Uint16Array(2)), Uint16Array.of(0x0001, 0x0203));
    assert.deepEqual(region.readFifo(4, new Uint32Array(2)), Uint32Array.of(0x04050607, 0x04050607));
    assert.deepEqual(region.readBlock(8, new BigUint64Array(1)), BigUint64Array.of(0x08090a0b0c0d0e0fn));
    region.writeBlock(0, Uint32Array.of(0x11223344));
    assert.equal(region.readByte(0), 0x11);
    region.writeFifo(0, Uint16Array.of(0xaabb));
    assert.equal(region.readByte(0), 0xaa);
    region.writeBlock(0, BigInt64Array.of(-2n));
    assert.equal(region.readByte(7), 0xfe);
  }
});

test('an empty array is no access', (t) => {
  for (const region of bothKinds(t, counting(4))) {
    region.readBlock(4, new Uint32Array(0));
    region.writeFifo(0, new Uint8Array(0));
  }
});

test('a block that passes the end transfers nothing', (t) => {
  const { path, region } = mappedFile(t, 64);
  const array = new Uint32Array(2);
  assert.throws(() => region.readBlock(60, array), withCode('ERR_OUT_OF_RANGE'));
  assert.throws(() => region.writeBlock(60, array), withCode('ERR_OUT_OF_RANGE'));
  assert.deepEqual(array, new Uint32Array(2));
  assert.deepEqual(Uint8Array.from(readFileSync(path)), counting(64));
});

test('memory shared with workers is as good as any', (t) => {
  const { region } = mappedFile(t, counting(16));
  const shared = new Uint16Array(new SharedArrayBuffer(16));
  region.readBlock(0, shared);
  assert.equal(shared[7], 0x0f0e);
});

test('the width is that of the array itself, whatever its properties say', (t) => {
  for (const region of bothKinds(t, counting(256))) {
    const memory = new Uint8Array(64);
    const array = memory.subarray(0, 16);
    Object.defineProperties(array, {
      BYTES_PER_ELEMENT: { value: 8 },
      byteLength: { value: 128 },
      length: { value: 64 },
    });
    region.readBlock(0, array);
    assert.deepEqual(memory.subarray(0, 16), counting(16));
  }
});

test('an array of another realm is one too', (t) => {
  for (const region of bothKinds(t, counting(256))) {
    assert.equal(region.readBlock(4, runInNewContext('new Uint16Array(2)'))[1], 0x0706);
    assert.throws(
      () => region.readBlock(4, runInNewContext('new DataView(new ArrayBuffer(4))')),
      withCode('ERR_INVALID_ARGUMENT', /typed array/),
    );
  }
});
