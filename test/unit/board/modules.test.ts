import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { BoardError } from '../../../board/errors.js';
import { unpackedModules } from '../../../board/modules.js';

const directory = mkdtempSync(join(tmpdir(), 'modules-'));
after(() => rmSync(directory, { recursive: true }));

function module(path: string, dependencies: string): void {
  const file = join(directory, `${path}.ko`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `\x7fELF\0license=GPL\0depends=${dependencies}\0retpoline=Y\0`);
}

module('drivers/vfio/pci/vfio-pci', 'vfio-pci-core,vfio');
module('drivers/vfio/pci/vfio-pci-core', 'vfio');
module('drivers/vfio/vfio', '');

describe('the kernel modules of a machine', () => {
  it('come with what they depend on, each once, in the order to load them', async () => {
    const modules = await unpackedModules(directory, ['vfio_pci', 'vfio']);
    assert.deepEqual(
      modules.map(({ name }) => name),
      ['vfio', 'vfio_pci_core', 'vfio_pci'],
    );
  });

  it('are named when the kernel does not have them', async () => {
    await assert.rejects(
      unpackedModules(directory, ['uio']),
      new BoardError("Debian's kernel has no module uio."),
    );
  });
});
