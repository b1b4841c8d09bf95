/* What a PciDevice holds goes with it, closed or forgotten. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fakePci, IO } from '../../support/fake-pci.js';
import { runForgetful } from '../../support/forgotten.js';

const address = '0000:00:04.0';
const bars = { 2: { address: 0xc040, size: 32, flags: IO } };

it('a device that nobody closed goes when nobody can reach it; its registers stay as long as they are used', (t) => {
  const { stdout, stderr } = runForgetful(fakePci(t, [{ address, bars }]), {
    open: `new PciDevice('${address}', roots).ports(2);`,
    keep: `const pci = new PciDevice('${address}', roots); return [pci.config, pci.ports(2)];`,
    kept: 'return [it[0].readUint16(0), it[1].readUint8(3)];',
  });
  // Configuration space and ports of each; of the one that is kept, both remain.
  assert.match(stdout, /^102,[234],4660,3\n$/, stderr);
});
