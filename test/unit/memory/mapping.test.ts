/* MemoryMap: opening, its properties, closing. What goes wrong is in mapping-errors.test.ts. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { MemoryMap, MemoryMappedIO } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { counting, mappedFile, temporaryFile } from '../../support/files.js';

test('a mapping reads what the file holds and writes into it', (t) => {
  const { path, region } = mappedFile(t, 4096);
  assert.equal(region.readByte(250), 250);
  region.writeWord(0x40, 0xdeadbeef);
  assert.equal(readFileSync(path).readUInt32LE(0x40), 0xdeadbeef);
});

test('the length defaults to what is left of a regular file', (t) => {
  const path = temporaryFile(t, 10_000);
  using whole = MemoryMap.open(path);
  using rest = MemoryMap.open(path, { offset: 4096 });
  assert.equal(whole.length, 10_000);
  assert.equal(rest.length, 10_000 - 4096);
});

test('an offset need not be a multiple of the page size', (t) => {
  const path = temporaryFile(t, 20_000);
  for (const offset of [1, 4, 4095, 4097, 8192, 12_345]) {
    using map = MemoryMap.open(path, { offset, length: 300 });
    assert.equal(map.offset, offset);
    const region = new MemoryMappedIO(map);
    assert.deepEqual(
      region.readBlock(0, new Uint8Array(300)),
      counting(20_000).subarray(offset, offset + 300),
    );
  }
});

test('a path may be a file URL', (t) => {
  using map = MemoryMap.open(pathToFileURL(temporaryFile(t, 16)));
  assert.equal(map.length, 16);
});

test('a mapping of an open descriptor outlives the descriptor', (t) => {
  const path = temporaryFile(t, 4096);
  const fd = openSync(path, 'r+');
  using map = MemoryMap.fromFd(fd, { length: 64 });
  closeSync(fd);
  assert.equal(map.path, path);
  assert.equal(new MemoryMappedIO(map).readByte(5), 5);
});

test('two mappings of one file are two views of the same bytes', (t) => {
  const { path, region } = mappedFile(t, 4096);
  using second = MemoryMap.open(path);
  region.writeQuad(8, 0x0123456789abcdefn);
  assert.equal(new MemoryMappedIO(second).readQuad(8), 0x0123456789abcdefn);
});

test('mappings of several files do not touch one another', (t) => {
  const regions = Array.from({ length: 20 }, () => mappedFile(t, new Uint8Array(4096)).region);
  for (const [i, region] of regions.entries()) region.writeWord(0, i);
  assert.deepEqual(
    regions.map((region) => region.readWord(0)),
    regions.map((_, i) => i),
  );
});

test("access 'read' maps a file that may not be written", (t) => {
  const { map, region } = mappedFile(t, 64, { access: 'read' });
  assert.equal(map.access, 'read');
  assert.equal(region.access, 'read');
  assert.equal(region.readByte(1), 1);
});

test('flush writes back a range or everything', (t) => {
  const { map, region } = mappedFile(t, 20_000, { offset: 100 });
  region.writeByte(5000, 77);
  map.flush(5000, 1);
  map.flush();
  map.flush(map.length);
  assert.throws(() => map.flush(0, map.length + 1), withCode('ERR_OUT_OF_RANGE'));
  assert.throws(() => map.flush(-1), withCode('ERR_OUT_OF_RANGE'));
});

test('close ends every region over the mapping, and may be called again', (t) => {
  const { map, region } = mappedFile(t, 64);
  const slice = region.slice(16);
  assert.equal(map.closed, false);
  map.close();
  map.close();
  assert.equal(map.closed, true);
  assert.throws(() => region.readByte(0), withCode('ERR_CLOSED'));
  assert.throws(() => slice.writeByte(0, 0), withCode('ERR_CLOSED'));
  assert.throws(() => region.slice(0), withCode('ERR_CLOSED'));
  assert.throws(() => region.readBlock(0, new Uint8Array(4)), withCode('ERR_CLOSED'));
  assert.throws(() => map.flush(), withCode('ERR_CLOSED'));
  assert.throws(() => new MemoryMappedIO(map), withCode('ERR_CLOSED'));
});

test('using closes the mapping at the end of the block', (t) => {
  const path = temporaryFile(t, 64);
  let outside: MemoryMap;
  {
    using map = MemoryMap.open(path);
    outside = map;
    assert.equal(map.closed, false);
  }
  assert.equal(outside.closed, true);
});

test('inspecting shows where, never what', (t) => {
  const { map, region } = mappedFile(t, 64, { offset: 16 });
  assert.match(inspect(map), /^MemoryMap \{ .*registers \+0x10, 0x30 bytes, read-write, (window|native) \}$/);
  assert.match(inspect(region.slice(4)), /^MemoryMappedIO \{ .*registers \+0x4, 0x2c bytes, read-write \}$/);
  map.close();
  assert.match(inspect(map), /closed/);
});
