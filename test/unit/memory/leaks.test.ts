/* Opening and closing, in any order and number, gives back what it took. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMap, MemoryMappedIO } from 'mmapio';
import { runModule } from '../../support/child.js';
import { temporaryFile } from '../../support/files.js';
import { countDescriptors, countMappings } from '../../support/resources.js';

test('a thousand open and close cycles leave no descriptor and no mapping', (t) => {
  const path = temporaryFile(t, 20_000);
  MemoryMap.open(path).close();
  const before = [countDescriptors(), countMappings()];
  for (let i = 0; i < 1000; i++) {
    using map = MemoryMap.open(path, { offset: i * 8, length: 1000 + i });
    new MemoryMappedIO(map).writeByte(i, 1);
  }
  assert.deepEqual([countDescriptors(), countMappings('registers')], [before[0], 0]);
  // The runtime maps memory of its own meanwhile; what leaked once a cycle would be a thousand.
  assert.ok(
    countMappings() < (before[1] ?? 0) + 100,
    `${before[1]} mappings before, ${countMappings()} after`,
  );
});

test('a hundred mappings at once, closed in another order, leave nothing', (t) => {
  const path = temporaryFile(t, 20_000);
  const before = [countDescriptors(), countMappings('registers')];
  const maps = Array.from({ length: 100 }, (_, i) => MemoryMap.open(path, { offset: i * 64 }));
  assert.equal(countMappings('registers'), 100);
  assert.equal(countDescriptors(), before[0]);
  for (let i = 0; i < 100; i++) maps[(i * 37) % 100]?.close();
  assert.deepEqual([countDescriptors(), countMappings('registers')], before);
});

test('a mapping that nobody closed goes when nobody can reach it', (t) => {
  const path = temporaryFile(t, 4096);
  const code = `
    import { readFileSync } from 'node:fs';
    import { MemoryMap, MemoryMappedIO } from 'mmapio';
    const count = () => readFileSync('/proc/self/maps', 'utf8').split(process.env.TEST_FILE).length - 1;
    const kept = new MemoryMappedIO(MemoryMap.open(process.env.TEST_FILE));
    (() => { for (let i = 0; i < 50; i++) MemoryMap.open(process.env.TEST_FILE); })();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 200 && count() > 1; i++) { gc(); await turn(); }
    console.log(count(), kept.readByte(5));`;
  const { stdout, stderr } = runModule(code, { TEST_FILE: path, NODE_OPTIONS: '--expose-gc' });
  // Of 51, the one that a region still reaches.
  assert.equal(stdout, '1 5\n', stderr);
});

test('workers that end in the middle of everything take their mappings with them', (t) => {
  const path = temporaryFile(t, 4096);
  const code = `
    import { readFileSync, readdirSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    const count = () => [
      readFileSync('/proc/self/maps', 'utf8').split(process.env.TEST_FILE).length - 1,
      readdirSync('/proc/self/fd').length,
    ].join();
    const work = \`import('mmapio').then(({ MemoryMap, MemoryMappedIO }) => {
      const region = new MemoryMappedIO(MemoryMap.open(process.env.TEST_FILE));
      return import('node:worker_threads').then(({ parentPort }) => {
        parentPort.postMessage(region.readByte(5));
        for (;;) region.readByte(5);
      });
    })\`;
    const run = () => new Promise((resolve) => {
      const worker = new Worker(work, { eval: true });
      worker.on('message', () => worker.terminate().then(resolve));
    });
    await run();
    const before = count();
    for (let i = 0; i < 5; i++) await Promise.all([run(), run()]);
    console.log(before, count());`;
  const { stdout, stderr } = runModule(code, { TEST_FILE: path });
  const [before, after] = stdout.trim().split(' ');
  assert.match(before ?? '', /^0,\d+$/, stderr);
  assert.equal(after, before, stderr);
});

test('a process may exit with everything open', (t) => {
  const path = temporaryFile(t, 4096);
  const code = `
    import { MemoryMap } from 'mmapio';
    globalThis.maps = Array.from({ length: 10 }, () => MemoryMap.open(process.env.TEST_FILE));
    process.exit(7);`;
  assert.equal(runModule(code, { TEST_FILE: path }).status, 7);
});
