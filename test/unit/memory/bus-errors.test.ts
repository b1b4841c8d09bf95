/* Bus errors: here those of a file that is truncated underneath; the board has those of real addresses. */
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { BusError, MemoryMap, type MemoryMappedIO } from 'mmapio';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { counting, mappedFile } from '../../support/files.js';

const PAGE = 4096;
/** Whatever the page size of this machine, offset DEAD is behind the end of a file of one page of it. */
const DEAD = 0x10000;

/** A mapping whose file has lost everything from DEAD on. */
function truncatedFile(t: TestContext) {
  const file = mappedFile(t, 3 * DEAD);
  truncateSync(file.path, DEAD);
  return file;
}

const ACCESSES: Record<string, (region: MemoryMappedIO, offset: number) => unknown> = {
  readByte: (region, offset) => region.readByte(offset),
  readHalf: (region, offset) => region.readHalf(offset),
  readWord: (region, offset) => region.readWord(offset),
  readQuad: (region, offset) => region.readQuad(offset),
  writeByte: (region, offset) => region.writeByte(offset, 1),
  writeHalf: (region, offset) => region.writeHalf(offset, 1),
  writeWord: (region, offset) => region.writeWord(offset, 1),
  writeQuad: (region, offset) => region.writeQuad(offset, 1n),
  modifyWord: (region, offset) => region.modifyWord(offset, 1, 1),
  readBlock: (region, offset) => region.readBlock(offset, new Uint16Array(10)),
  writeBlock: (region, offset) => region.writeBlock(offset, new Uint32Array(10)),
  readFifo: (region, offset) => region.readFifo(offset, new Uint8Array(10)),
  writeFifo: (region, offset) => region.writeFifo(offset, new BigUint64Array(10)),
};

for (const [name, access] of Object.entries(ACCESSES)) {
  test(`${name} throws an error that names the mapping and the offset`, (t) => {
    const { path, region } = truncatedFile(t);
    assert.throws(
      () => access(region.slice(8), DEAD + 0x120),
      (error) => {
        assert.ok(error instanceof BusError);
        assert.equal(error.code, 'ERR_BUS_FAULT');
        assert.equal(error.path, path);
        assert.equal(error.offset, DEAD + 0x128);
        assert.match(error.message, /0x10128 of .*registers/);
        return true;
      },
    );
  });
}

test('the mapping is dead from then on, also where it was alive', (t) => {
  const { map, region } = truncatedFile(t);
  assert.equal(region.readByte(1), 1);
  assert.equal(map.dead, false);
  assert.throws(() => region.readByte(DEAD), withCode('ERR_BUS_FAULT'));
  for (const access of Object.values(ACCESSES)) {
    assert.throws(
      () => access(region, 0),
      withCode('ERR_BUS_FAULT', /dead since a bus error at offset 0x10000/),
    );
  }
  assert.throws(() => map.flush(), withCode('ERR_BUS_FAULT'));
  assert.equal(map.dead, true);
  assert.equal(map.closed, false);
  map.close();
  assert.equal(map.closed, true);
  assert.equal(map.dead, false);
  assert.throws(() => region.readByte(0), withCode('ERR_CLOSED'));
});

test('opening it again gives a mapping that lives', (t) => {
  const { path, map, region } = truncatedFile(t);
  assert.throws(() => region.readByte(DEAD), withCode('ERR_BUS_FAULT'));
  map.close();
  writeFileSync(path, counting(3 * DEAD));
  using again = MemoryMap.open(path);
  assert.equal(again.dead, false);
});

test('other mappings live on', (t) => {
  const healthy = mappedFile(t, PAGE).region;
  const { region } = truncatedFile(t);
  assert.throws(() => region.readByte(DEAD), withCode('ERR_BUS_FAULT'));
  healthy.writeWord(0, 7);
  assert.equal(healthy.readWord(0), 7);
});

test('a block that runs into the fault is an error with the offset at which it happened', (t) => {
  const { region } = truncatedFile(t);
  assert.throws(
    () => region.readBlock(DEAD - 8, new Uint32Array(0x6000)),
    (error) => error instanceof BusError && error.offset === DEAD,
  );
});

test('a block that begins in a dead page is an error with the offset of its first element', (t) => {
  const { region } = truncatedFile(t);
  assert.throws(
    () => region.readBlock(DEAD + 0x800, new Uint32Array(0x800)),
    (error) => error instanceof BusError && error.offset === DEAD + 0x800,
  );
});

test('a mapping that begins unaligned in its page counts the offset from its own beginning', (t) => {
  const { path, region } = mappedFile(t, 3 * DEAD, { offset: 0x64 });
  truncateSync(path, DEAD);
  assert.throws(
    () => region.readWord(2 * DEAD),
    (error) => error instanceof BusError && error.offset === 2 * DEAD,
  );
});

test('in a worker too, and the other threads do not notice', () => {
  const { stdout, stderr, status } = runModule(`
    import { Worker } from 'node:worker_threads';
    const work = async () => {
      const { MemoryMap, MemoryMappedIO } = await import('mmapio');
      const { mkdtempSync, rmSync, truncateSync, writeFileSync } = await import('node:fs');
      const folder = mkdtempSync('/tmp/mmapio-test-');
      writeFileSync(folder + '/file', new Uint8Array(0x20000));
      const region = new MemoryMappedIO(MemoryMap.open(folder + '/file'));
      truncateSync(folder + '/file', 0);
      rmSync(folder, { recursive: true });
      try { region.readWord(0x10000); } catch (error) { return error.code + ' ' + error.offset; }
    };
    const code = 'import("node:worker_threads").then(async ({ parentPort }) => parentPort.postMessage(await (' + work + ')()))';
    const answers = Array.from({ length: 3 }, () => new Promise((resolve, reject) => {
      new Worker(code, { eval: true }).on('message', resolve).on('error', reject);
    }));
    console.log((await Promise.all([...answers, work()])).join());`);
  assert.equal(stdout.trim(), Array(4).fill('ERR_BUS_FAULT 65536').join(), stderr);
  assert.equal(status, 0);
});

test('a SIGBUS that is not about a mapping kills as it did before', () => {
  const code = `
    import { MemoryMap } from 'mmapio';
    MemoryMap.open('/dev/zero', { length: 4096 });
    process.kill(process.pid, 'SIGBUS');
    setTimeout(() => {}, 60_000);`;
  assert.equal(runModule(code).signal, 'SIGBUS');
});

/** Runs statements in which `region` lies over a file that is gone. */
function runOverLostFile(...statements: string[]) {
  return runModule(`
    import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
    import { MemoryMap, MemoryMappedIO } from 'mmapio';
    const alive = setInterval(() => {}, 1000);
    const folder = mkdtempSync('/tmp/mmapio-test-');
    writeFileSync(folder + '/file', new Uint8Array(0x20000));
    const region = new MemoryMappedIO(MemoryMap.open(folder + '/file'));
    truncateSync(folder + '/file', 0);
    rmSync(folder, { recursive: true });
    ${statements.join(';\n')}
    try { region.readWord(0); } catch (error) { console.log(error.code); }
    process.exit();`);
}

test('a handler of SIGBUS that is installed, or removed, later does not get in the way', () => {
  const handler = 'const handler = () => console.log("handled")';
  for (const statements of [
    [handler, "process.on('SIGBUS', handler)"],
    [handler, "process.on('SIGBUS', handler)", "process.off('SIGBUS', handler)"],
    [
      "const once = new Promise((resolve) => process.once('SIGBUS', resolve))",
      "process.kill(process.pid, 'SIGBUS')",
      'await once',
    ],
  ]) {
    const { stdout, signal } = runOverLostFile(...statements);
    assert.deepEqual([stdout, signal], ['ERR_BUS_FAULT\n', null], statements.join());
  }
});

test('a handler that was there before still gets the signals that are not ours', () => {
  const code = `
    import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
    const alive = setInterval(() => {}, 1000);
    const handled = new Promise((resolve) => process.on('SIGBUS', resolve));
    const { MemoryMap, MemoryMappedIO } = await import('mmapio');
    const folder = mkdtempSync('/tmp/mmapio-test-');
    writeFileSync(folder + '/file', new Uint8Array(0x20000));
    const region = new MemoryMappedIO(MemoryMap.open(folder + '/file'));
    truncateSync(folder + '/file', 0);
    rmSync(folder, { recursive: true });
    try { region.readWord(0); } catch (error) { console.log(error.code); }
    process.kill(process.pid, 'SIGBUS');
    console.log('handled', await handled);
    clearInterval(alive);`;
  const { stdout, status, signal } = runModule(code);
  assert.deepEqual(
    { stdout, status, signal },
    { stdout: 'ERR_BUS_FAULT\nhandled SIGBUS\n', status: 0, signal: null },
  );
});
