/* MemoryMappedIO: what each method reads and writes. What they refuse is in region-checks.test.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MemoryMappedIO, type RegisterIO } from 'mmapio';
import { mappedFile } from '../../support/files.js';

const BYTES = Uint8Array.of(0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe);

test('each width reads its bytes, little-endian by default', (t) => {
  const { region } = mappedFile(t, BYTES);
  assert.equal(region.readByte(7), 0xfe);
  assert.equal(region.readHalf(6), 0xfedc);
  assert.equal(region.readWord(4), 0xfedcba98);
  assert.equal(region.readQuad(0), 0xfedcba9876543210n);
});

test('each width writes its bytes and no others', (t) => {
  const { path, region } = mappedFile(t, new Uint8Array(24));
  region.writeByte(1, 0xff);
  region.writeHalf(4, 0xfedc);
  region.writeWord(8, 0xfedcba98);
  region.writeQuad(16, 0xfedcba9876543210n);
  assert.equal(readFileSync(path).toString('hex'), '00ff0000dcfe000098badcfe000000001032547698badcfe');
});

test('the sized names are the same methods', (t) => {
  const { region } = mappedFile(t, BYTES);
  const io: RegisterIO = region;
  assert.deepEqual(
    [io.readUint8(7), io.readUint16(6), io.readUint32(4), io.readUint64(0)],
    [region.readByte(7), region.readHalf(6), region.readWord(4), region.readQuad(0)],
  );
  io.writeUint8(0, 0x11);
  io.writeUint16(2, 0x2222);
  io.writeUint32(4, 0x33333333);
  assert.equal(region.readQuad(0), 0x3333333322223211n);
  io.writeUint64(0, 0x4444444444444444n);
  assert.equal(region.readWord(4), 0x44444444);
  assert.equal(region.modifyUint8(0, 0x0f, 0x05), 0x44);
  assert.equal(region.modifyUint16(0, 0xff00, 0x6600), 0x4445);
  assert.equal(region.modifyUint32(0, 0xffff0000, 0x77770000), 0x44446645);
  assert.equal(region.modifyUint64(0, 0xffn << 32n, 0x88n << 32n), 0x4444444477776645n);
  assert.equal(region.readQuad(0), 0x4444448877776645n);
});

test('every value of the highest bit survives each width', (t) => {
  const { region } = mappedFile(t, 8);
  region.writeByte(0, 0xff);
  assert.equal(region.readByte(0), 0xff);
  region.writeHalf(0, 0xffff);
  assert.equal(region.readHalf(0), 0xffff);
  region.writeWord(0, 0xffffffff);
  assert.equal(region.readWord(0), 0xffffffff);
  region.writeQuad(0, 0xffffffffffffffffn);
  assert.equal(region.readQuad(0), 0xffffffffffffffffn);
});

test('a big-endian region swaps values, not accesses', (t) => {
  const { region } = mappedFile(t, BYTES, { byteOrder: 'big' });
  assert.equal(region.byteOrder, 'big');
  assert.equal(region.readByte(0), 0x10);
  assert.equal(region.readHalf(0), 0x1032);
  assert.equal(region.readWord(4), 0x98badcfe);
  assert.equal(region.readQuad(0), 0x1032547698badcfen);
  region.writeHalf(0, 0xa1b2);
  region.writeWord(4, 0xc3d4e5f6);
  assert.equal(region.readQuad(0), 0xa1b25476c3d4e5f6n);
  region.writeQuad(0, 0x8899aabbccddeeffn);
  assert.equal(region.modifyHalf(0, 0x00ff, 0x0011), 0x8899);
  assert.equal(region.modifyWord(4, 0xff000000, 0x22000000), 0xccddeeff);
  assert.equal(region.modifyQuad(0, 0xffn, 0x33n), 0x8811aabb22ddeeffn);
  assert.equal(region.readQuad(0), 0x8811aabb22ddee33n);
});

test('modify changes the bits of the mask only and returns what was there', (t) => {
  const { region } = mappedFile(t, new Uint8Array(8));
  region.writeWord(0, 0xf0f0f0f0);
  assert.equal(region.modifyWord(0, 0x0000ffff, 0x1234), 0xf0f0f0f0);
  assert.equal(region.readWord(0), 0xf0f01234);
  assert.equal(region.modifyByte(4, 0x80, 0x80), 0);
  assert.equal(region.modifyHalf(4, 0x8000, 0x8000), 0x0080);
  assert.equal(region.modifyQuad(0, 1n << 63n, 1n << 63n), 0x00008080f0f01234n);
  assert.equal(region.readQuad(0), 0x80008080f0f01234n);
});

test('a slice is a region of its own, with the byte order of the whole by default', (t) => {
  const { map, region } = mappedFile(t, BYTES, { byteOrder: 'big' });
  const slice = region.slice(4);
  assert.equal(slice.length, 4);
  assert.equal(slice.readWord(0), 0x98badcfe);
  assert.equal(region.slice(4, 2, { byteOrder: 'little' }).readHalf(0), 0xba98);
  assert.equal(slice.slice(2).readByte(1), 0xfe);
  assert.equal(region.slice(8).length, 0);
  assert.equal(new MemoryMappedIO(map, 4, 4).readWord(0), 0xfedcba98);
});

test('barrier accesses nothing', (t) => {
  const { region } = mappedFile(t, BYTES);
  region.barrier();
  assert.equal(region.readByte(0), 0x10);
});
