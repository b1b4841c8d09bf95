/* Every wrong argument is an error before any access: the memory is as it was, and the code says what was wrong. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryMappedIO } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { counting, mappedFile } from '../../support/files.js';

const LENGTH = 64;

interface Width {
  bytes: 1 | 2 | 4 | 8;
  read(region: MemoryMappedIO, offset: number): unknown;
  write(region: MemoryMappedIO, offset: number, value: never): void;
  modify(region: MemoryMappedIO, offset: number, mask: never, value: never): unknown;
  one: number | bigint;
}

const WIDTHS: readonly Width[] = [
  {
    bytes: 1,
    read: (region, offset) => region.readByte(offset),
    write: (region, offset, value) => region.writeByte(offset, value),
    modify: (region, offset, mask, value) => region.modifyByte(offset, mask, value),
    one: 1,
  },
  {
    bytes: 2,
    read: (region, offset) => region.readHalf(offset),
    write: (region, offset, value) => region.writeHalf(offset, value),
    modify: (region, offset, mask, value) => region.modifyHalf(offset, mask, value),
    one: 1,
  },
  {
    bytes: 4,
    read: (region, offset) => region.readWord(offset),
    write: (region, offset, value) => region.writeWord(offset, value),
    modify: (region, offset, mask, value) => region.modifyWord(offset, mask, value),
    one: 1,
  },
  {
    bytes: 8,
    read: (region, offset) => region.readQuad(offset),
    write: (region, offset, value) => region.writeQuad(offset, value),
    modify: (region, offset, mask, value) => region.modifyQuad(offset, mask, value),
    one: 1n,
  },
];

const width = fc.constantFrom(...WIDTHS);
const badNumber = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1,
    0.5,
    2 ** 53,
    -(2 ** 31),
  ),
  fc.double({ noInteger: true }),
  fc.integer({ max: -1 }),
);
const notANumber = fc.oneof(fc.string(), fc.bigInt(), fc.boolean(), fc.constantFrom(null, undefined, {}, []));

/** All the ways to access `offset` with that width; each must throw. */
function everyAccess({ bytes, read, write, modify, one }: Width, region: MemoryMappedIO, offset: never) {
  const array = { 1: Uint8Array, 2: Int16Array, 4: Float32Array, 8: BigInt64Array }[bytes];
  return [
    () => read(region, offset),
    () => write(region, offset, one as never),
    () => modify(region, offset, one as never, one as never),
    () => region.readBlock(offset, new array(1)),
    () => region.writeBlock(offset, new array(1)),
    () => region.readFifo(offset, new array(1)),
    () => region.writeFifo(offset, new array(1)),
  ];
}

test('an offset that is not a whole number from 0 is refused', (t) => {
  const { path, region } = mappedFile(t, LENGTH);
  fc.assert(
    fc.property(width, badNumber, (one, offset) => {
      for (const access of everyAccess(one, region, offset as never)) {
        assert.throws(access, withCode('ERR_OUT_OF_RANGE'));
      }
    }),
  );
  assert.deepEqual(Uint8Array.from(readFileSync(path)), counting(LENGTH));
});

test('an offset that is no number is refused', (t) => {
  const { path, region } = mappedFile(t, LENGTH);
  fc.assert(
    fc.property(width, notANumber, (one, offset) => {
      for (const access of everyAccess(one, region, offset as never)) {
        assert.throws(access, withCode('ERR_INVALID_ARGUMENT'));
      }
    }),
  );
  assert.deepEqual(Uint8Array.from(readFileSync(path)), counting(LENGTH));
});

test('an access passes the end of its region by not even a byte', (t) => {
  const { region } = mappedFile(t, 2 * LENGTH);
  fc.assert(
    fc.property(width, fc.nat(LENGTH), fc.nat(), (one, length, beyond) => {
      const slice = region.slice(0, length);
      const offset = Math.max(0, length - one.bytes + 1) + beyond;
      for (const access of everyAccess(one, slice, offset as never)) {
        assert.throws(access, withCode('ERR_OUT_OF_RANGE', /passes the end of the region/));
      }
    }),
  );
});

test('an access that does not pass the end is allowed', (t) => {
  const { region } = mappedFile(t, LENGTH);
  for (const one of WIDTHS) {
    for (const access of everyAccess(one, region, (LENGTH - one.bytes) as never)) assert.doesNotThrow(access);
  }
});

test('what counts is the alignment of the absolute address, not that of the offset', (t) => {
  const { region } = mappedFile(t, 4 * LENGTH);
  fc.assert(
    fc.property(width, fc.nat(LENGTH), fc.nat(LENGTH), (one, start, offset) => {
      const accesses = everyAccess(one, region.slice(start), offset as never);
      for (const access of accesses) {
        if ((start + offset) % one.bytes === 0) assert.doesNotThrow(access);
        else assert.throws(access, withCode('ERR_UNALIGNED'));
      }
    }),
  );
});

test('a mapping that starts unaligned in its page is aligned by its address too', (t) => {
  const { region } = mappedFile(t, LENGTH, { offset: 2 });
  assert.throws(() => region.readWord(0), withCode('ERR_UNALIGNED'));
  assert.equal(region.readWord(2), 0x07060504);
});

test('a value that is no unsigned integer of the width is refused, never truncated', (t) => {
  const { path, region } = mappedFile(t, LENGTH);
  const numbers = WIDTHS.filter((one) => one.bytes < 8);
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.oneof(badNumber, notANumber), fc.nat(), (one, bad, above) => {
      for (const value of [bad, 2 ** (8 * one.bytes) + above]) {
        assert.throws(() => one.write(region, 0, value as never), withCode('ERR_INVALID_VALUE'));
        assert.throws(() => one.modify(region, 0, value as never, 0 as never), withCode('ERR_INVALID_VALUE'));
        assert.throws(() => one.modify(region, 0, 1 as never, value as never), withCode('ERR_INVALID_VALUE'));
      }
    }),
  );
  const notQuads = fc.oneof(
    fc.double(),
    fc.string(),
    fc.bigInt({ max: -1n }),
    fc.bigInt({ min: 1n << 64n }),
    fc.constantFrom(null, undefined, true),
  );
  fc.assert(
    fc.property(notQuads, (value) => {
      assert.throws(() => region.writeQuad(0, value as bigint), withCode('ERR_INVALID_VALUE'));
      assert.throws(() => region.modifyQuad(0, value as bigint, 0n), withCode('ERR_INVALID_VALUE'));
      assert.throws(() => region.modifyQuad(0, 1n, value as bigint), withCode('ERR_INVALID_VALUE'));
    }),
  );
  assert.deepEqual(Uint8Array.from(readFileSync(path)), counting(LENGTH));
});

test('a value with bits outside the mask is refused', (t) => {
  const { region } = mappedFile(t, LENGTH);
  for (const { modify, one } of WIDTHS) {
    const two = typeof one === 'bigint' ? 2n : 2;
    assert.throws(
      () => modify(region, 0, one as never, two as never),
      withCode('ERR_INVALID_VALUE', /outside the mask/),
    );
  }
});

test('a mapping for reading only refuses every write and still reads', (t) => {
  const { path, region } = mappedFile(t, LENGTH, { access: 'read' });
  for (const one of WIDTHS) {
    const [read, write, modify, readBlock, writeBlock, readFifo, writeFifo] = everyAccess(
      one,
      region,
      0 as never,
    );
    for (const access of [write, modify, writeBlock, writeFifo]) {
      assert.throws(access as () => void, withCode('ERR_READ_ONLY', /access 'read-write'/));
    }
    for (const access of [read, readBlock, readFifo]) assert.doesNotThrow(access as () => void);
  }
  assert.deepEqual(Uint8Array.from(readFileSync(path)), counting(LENGTH));
});

test('a closed mapping refuses everything', (t) => {
  const { map, region } = mappedFile(t, LENGTH);
  map.close();
  for (const one of WIDTHS) {
    for (const access of everyAccess(one, region, 0 as never)) assert.throws(access, withCode('ERR_CLOSED'));
  }
});

test('a region lies within what it lies over', (t) => {
  const { map, region } = mappedFile(t, LENGTH);
  fc.assert(
    fc.property(fc.nat(2 * LENGTH), fc.option(fc.nat(2 * LENGTH), { nil: undefined }), (offset, length) => {
      for (const make of [
        () => new MemoryMappedIO(map, offset, length),
        () => region.slice(offset, length),
      ]) {
        if (offset + (length ?? 0) <= LENGTH) assert.equal(make().length, length ?? LENGTH - offset);
        else assert.throws(make, withCode('ERR_OUT_OF_RANGE'));
      }
    }),
  );
  for (const bad of [-1, 0.5, Number.NaN]) {
    assert.throws(() => new MemoryMappedIO(map, bad), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(() => region.slice(0, bad), withCode('ERR_OUT_OF_RANGE'));
  }
  assert.throws(() => region.slice('4' as never), withCode('ERR_INVALID_ARGUMENT'));
});

test('a region lies over a mapping or a buffer and nothing else', (t) => {
  for (const bad of [undefined, null, 7, 'uio0', {}, [], [1, 2, 3]]) {
    assert.throws(() => new MemoryMappedIO(bad as never), withCode('ERR_INVALID_ARGUMENT'));
  }
  const { map } = mappedFile(t, LENGTH);
  assert.throws(
    () => new MemoryMappedIO(map, 0, 4, 'big' as never),
    withCode('ERR_INVALID_ARGUMENT', /options is 'big'/),
  );
  assert.throws(
    () => new MemoryMappedIO(map, 0, 4, { byteOrder: 'middle' as 'big' }),
    withCode('ERR_INVALID_ARGUMENT', /little or big/),
  );
});

test('a transfer takes a typed array', (t) => {
  const { region } = mappedFile(t, LENGTH);
  for (const bad of [undefined, null, 7, [1, 2], new ArrayBuffer(4), new DataView(new ArrayBuffer(4))]) {
    assert.throws(() => region.readBlock(0, bad as never), withCode('ERR_INVALID_ARGUMENT'));
    assert.throws(() => region.writeFifo(0, bad as never), withCode('ERR_INVALID_ARGUMENT'));
  }
});
