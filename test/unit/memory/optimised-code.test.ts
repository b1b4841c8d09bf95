/* What the optimising compiler of a runtime must not stumble over: hot code in a process of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runModule } from '../../support/child.js';

test('the half of a 64-bit value can be taken in hot code that sees mappings and buffers', () => {
  // the compiler of Node.js 20 ends the process where unsigned 64-bit values are merged before such a shift
  const code = `
    import { MemoryMap, MemoryMappedIO } from 'mmapio';
    const device = new MemoryMappedIO(MemoryMap.open('/dev/zero', { length: 4096 }));
    const buffer = new MemoryMappedIO(new ArrayBuffer(4096));
    function touch(region, count) {
      for (let i = 0; i < count; i++) region.writeQuad(8, (7n << 32n) + region.readQuad(0));
    }
    for (let round = 0; round < 5; round++) for (const region of [device, buffer]) touch(region, 300);
    function halves(region, count) {
      let half = 0n;
      for (let i = 0; i < count; i++) half = BigInt.asUintN(32, region.readQuad(8) >> 32n);
      return half;
    }
    let half;
    for (let call = 0; call < 60; call++) half = halves(device, 5000);
    setTimeout(() => console.log(half), 100);`;
  const { stdout, stderr } = runModule(code);
  assert.equal(stdout, '7n\n', stderr);
});
