/* What locked memory refuses on any machine; what it is needs root and a kernel of one's own. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runModule } from '../../support/child.js';

/** Tries to lock memory in a process of its own, after `before`; returns the error. */
function refusal(length: number, before: string): string {
  const { stdout, stderr, signal } = runModule(`
    import { closeSync, openSync, writeFileSync } from 'node:fs';
    import { PinnedMemory, SystemError } from 'mmapio';
    ${before}
    try { new PinnedMemory(${length}, { contiguous: false }); }
    catch (error) {
      globalThis.descriptors?.forEach((fd) => closeSync(fd));
      console.log(error instanceof SystemError, error.message);
    }`);
  assert.equal(signal, null, stderr);
  return stdout;
}

it('refuses what the machine has not got before it locks anything', () => {
  // Should it lock after all, then this process is the one to end.
  const message = refusal(2 ** 45, `writeFileSync('/proc/self/oom_score_adj', '1000');`);
  assert.match(message, /^true ENOMEM: .*MemAvailable in \/proc\/meminfo\), not 0x200000000000$/m);
});

it('speaks of memory only where memory is short', () => {
  const message = refusal(
    100,
    `globalThis.descriptors = [];
    try { for (;;) descriptors.push(openSync('/dev/null')); } catch {}`,
  );
  assert.match(message, /^true EMFILE: /);
  assert.doesNotMatch(message, /memory is short|ulimit -l|huge pages/);
});
