/* Which engine a program on the board gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime, isWindowVerified } from '#src/memory/runtime.js';
import { runModule } from '../support/child.js';

const code = `
  import { MemoryMap, MemoryMappedIO, Uio } from 'mmapio';
  const { device } = Uio.list().find((info) => info.name === 'rtc@9010000');
  const map = MemoryMap.open('/dev/' + device, { length: 0x1000 });
  console.log(map.engine, new MemoryMappedIO(map).readWord(0xfe0).toString(16));`;

test('the window is the default where it is verified', () => {
  const expected = isWindowVerified(currentRuntime()) ? 'window' : 'native';
  assert.equal(runModule(code, { MMAPIO_ENGINE: '' }).stdout, `${expected} 31\n`);
});

test('both engines can be forced', () => {
  assert.equal(runModule(code, { MMAPIO_ENGINE: 'window' }).stdout, 'window 31\n');
  assert.equal(runModule(code, { MMAPIO_ENGINE: 'native' }).stdout, 'native 31\n');
});

test('without WebAssembly there is the native engine', () => {
  const { stdout } = runModule(code, { MMAPIO_ENGINE: '', NODE_OPTIONS: '--jitless' });
  assert.equal(stdout, 'native 31\n');
});
