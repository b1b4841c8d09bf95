/* What a Uio holds goes with it, closed or forgotten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runModule } from '../../support/child.js';
import { fakeUio } from '../../support/fake-uio.js';

test('a device that nobody closed goes when nobody can reach it; its regions stay as long as they are used', (t) => {
  const maps = [{ addr: '0x1000', size: '0x1000' }];
  const node = new Uint8Array(0x10000).fill(7);
  const roots = fakeUio(t, [{ device: 'uio0', name: 'timer', maps, node }]);
  const code = `
    import { readdirSync } from 'node:fs';
    import { Uio } from 'mmapio';
    const roots = JSON.parse(process.env.TEST_ROOTS);
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    const kept = (() => new Uio('timer', roots).regs())();
    (() => { for (let i = 0; i < 50; i++) new Uio('timer', roots).regs(); })();
    const opened = count() - before;
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    // An interpreter may keep hold of what it touched last.
    for (let i = 0; i < 200 && count() - before > 2; i++) { gc(); await turn(); }
    console.log(opened, count() - before <= 2, kept.readByte(0));`;
  const { stdout, stderr } = runModule(code, {
    TEST_ROOTS: JSON.stringify(roots),
    NODE_OPTIONS: '--expose-gc',
  });
  assert.equal(stdout, '51 true 7\n', stderr);
});
