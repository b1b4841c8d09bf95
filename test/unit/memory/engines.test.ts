/* Which engine performs the accesses: how it is chosen, shown and forced, and what happens when it cannot be had. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMap, MemoryMappedIO } from 'mmapio';
import { currentRuntime, isWindowVerified, wantsAtomicLoads } from '#src/memory/runtime.js';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { temporaryFile } from '../../support/files.js';

const hasWebAssembly = 'WebAssembly' in globalThis;

/** The engine that a fresh process gives a mapping. */
function engineIn(path: string, options: string, env: NodeJS.ProcessEnv = {}, limit = ''): string {
  const code = `
    import { MemoryMap, MemoryMappedIO } from 'mmapio';
    const map = MemoryMap.open(process.env.TEST_FILE, ${options});
    const region = new MemoryMappedIO(map);
    region.writeWord(0, 0x89abcdef);
    console.log(map.engine, region.readWord(0) === 0x89abcdef);`;
  const { stdout, stderr } = runModule(code, { MMAPIO_ENGINE: '', TEST_FILE: path, ...env }, limit);
  return stdout.trim() || (/code: '(\w+)'/.exec(stderr)?.[1] ?? stderr);
}

/** Address space that a process without mmapio takes. */
function kilobytesOfBareNode(): number {
  const code =
    "import { readFileSync } from 'node:fs'; console.log(readFileSync('/proc/self/status', 'utf8'))";
  return Number(/VmPeak:\s*(\d+) kB/.exec(runModule(code).stdout)?.[1]);
}

test('without a word said, a verified runtime gets the window', (t) => {
  const expected = hasWebAssembly && isWindowVerified(currentRuntime()) ? 'window' : 'native';
  assert.equal(engineIn(temporaryFile(t, 64), '{}'), `${expected} true`);
});

test('the native engine is always to be had, by option or environment', (t) => {
  const path = temporaryFile(t, 64);
  assert.equal(engineIn(path, "{ engine: 'native' }"), 'native true');
  assert.equal(engineIn(path, '{}', { MMAPIO_ENGINE: 'native' }), 'native true');
});

test('the option wins over the environment', (t) => {
  const path = temporaryFile(t, 64);
  assert.equal(engineIn(path, "{ engine: 'native' }", { MMAPIO_ENGINE: 'window' }), 'native true');
});

test('a window that is forced and cannot be had is an error', (t) => {
  const path = temporaryFile(t, 64);
  const expected = hasWebAssembly ? 'window true' : 'ERR_ENGINE_UNAVAILABLE';
  assert.equal(engineIn(path, "{ engine: 'window' }"), expected);
  assert.equal(engineIn(path, '{}', { MMAPIO_ENGINE: 'window' }), expected);
});

test('a small address space gets the native engine', (t) => {
  const path = temporaryFile(t, 64);
  // Enough for Node.js itself, not for the 256 MiB of the window.
  const limit = `ulimit -v ${kilobytesOfBareNode() + 200_000}`;
  assert.equal(engineIn(path, '{}', {}, limit), 'native true');
  assert.equal(engineIn(path, "{ engine: 'window' }", {}, limit), 'ERR_ENGINE_UNAVAILABLE');
});

test('what does not fit into the window gets the native engine', () => {
  using large = MemoryMap.open('/dev/zero', { length: 2 ** 30, engine: 'auto' });
  assert.equal(large.engine, 'native');
  const region = new MemoryMappedIO(large);
  region.writeQuad(2 ** 30 - 8, 7n);
  assert.equal(region.readQuad(2 ** 30 - 8), 7n);
});

test('a mapping of more than 4 GiB reaches its end', () => {
  const length = 2 ** 32 + 4096;
  using large = MemoryMap.open('/dev/zero', { length, engine: 'auto' });
  const region = new MemoryMappedIO(large);
  region.writeWord(length - 4, 0x12345678);
  assert.equal(region.slice(2 ** 32).readWord(4092), 0x12345678);
  assert.throws(() => region.readWord(length), withCode('ERR_OUT_OF_RANGE'));
});

test('an engine that does not exist is refused', (t) => {
  const path = temporaryFile(t, 64);
  assert.throws(
    () => MemoryMap.open(path, { engine: 'turbo' as 'native' }),
    withCode('ERR_INVALID_ARGUMENT', /option engine is 'turbo'/),
  );
  assert.equal(engineIn(path, '{}', { MMAPIO_ENGINE: 'fast' }), 'ERR_INVALID_ARGUMENT');
});

test('a runtime that is not in the table gets the native engine', () => {
  assert.equal(isWindowVerified({ name: 'node', version: '20.19.0', arch: 'x64' }), true);
  assert.equal(isWindowVerified({ name: 'node', version: '99.0.0', arch: 'x64' }), false);
  assert.equal(isWindowVerified({ name: 'node', version: '20.19.0', arch: 'riscv64' }), false);
  assert.equal(isWindowVerified({ name: 'node', version: '2.9.6', arch: 'x64' }), false);
  assert.equal(isWindowVerified({ name: 'node', version: '', arch: 'x64' }), false);
});

test('of Deno a minor version is in the table, of Bun one version', () => {
  assert.equal(isWindowVerified({ name: 'deno', version: '2.9.7', arch: 'x64' }), true);
  assert.equal(isWindowVerified({ name: 'deno', version: '2.10.0', arch: 'x64' }), false);
  assert.equal(isWindowVerified({ name: 'deno', version: '2.9.6', arch: 'arm64' }), false);
  assert.equal(isWindowVerified({ name: 'bun', version: '1.4.5', arch: 'x64' }), true);
  assert.equal(isWindowVerified({ name: 'bun', version: '1.4.50', arch: 'x64' }), false);
  assert.equal(isWindowVerified({ name: 'bun', version: '1.4.6', arch: 'x64' }), false);
});

test('loads of the window are atomic on V8 and never on JavaScriptCore', () => {
  assert.equal(wantsAtomicLoads({ name: 'node', version: '20.19.0', arch: 'x64' }), true);
  assert.equal(wantsAtomicLoads({ name: 'deno', version: '2.9.6', arch: 'x64' }), true);
  assert.equal(wantsAtomicLoads({ name: 'bun', version: '1.4.5', arch: 'x64' }), false);
});
