/* What a Uio holds goes with it, closed or forgotten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeUio } from '../../support/fake-uio.js';
import { runForgetful } from '../../support/forgotten.js';

test('a device that nobody closed goes when nobody can reach it; its regions stay as long as they are used', (t) => {
  const maps = [{ addr: '0x1000', size: '0x1000' }];
  const node = new Uint8Array(0x10000).fill(7);
  const roots = fakeUio(t, [{ device: 'uio0', name: 'timer', maps, node }]);
  const { stdout, stderr } = runForgetful(roots, {
    open: `new Uio('timer', roots).regs();`,
    keep: `return new Uio('timer', roots).regs();`,
    kept: 'return it.readByte(0);',
  });
  assert.match(stdout, /^51,[012],7\n$/, stderr);
});
