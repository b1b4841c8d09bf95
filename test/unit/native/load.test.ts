import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MmapioError } from '#src/errors.js';
import { loadCore } from '#src/native/load.js';

function refusal(load: () => unknown): MmapioError {
  try {
    load();
  } catch (error) {
    assert.ok(error instanceof MmapioError);
    assert.equal(error.code, 'ERR_NOT_FOUND');
    return error;
  }
  throw new assert.AssertionError({ message: 'A core was loaded' });
}

describe('a native core that cannot be had', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmapio-load-'));
    mkdirSync(join(folder, 'prebuilds'));
    writeFileSync(join(folder, 'prebuilds/linux-arm64.node'), 'not a library');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('because it is missing: the error names the file and how to build it', () => {
    const { message } = refusal(() => loadCore({ folder, platform: 'linux', arch: 'x64' }));
    assert.ok(message.includes(join(folder, 'prebuilds/linux-x64.node')), message);
    assert.ok(message.includes(`make -C ${join(folder, 'native')}`), message);
  });

  it('because there is none for the machine: the error tells which there are', () => {
    const { message } = refusal(() => loadCore({ folder, platform: 'linux', arch: 'ppc64' }));
    assert.match(message, /linux-ppc64\.node.*prebuilt for x64, arm64, arm, riscv64.*To build it/);
  });

  it("because it is damaged: the error has the dynamic linker's reason, and is caused by it", () => {
    const { message, cause } = refusal(() => loadCore({ folder, platform: 'linux', arch: 'arm64' }));
    assert.match(message, /linux-arm64\.node.*cannot be loaded/);
    assert.ok(cause instanceof Error);
    assert.ok(message.includes(cause.message), message);
  });

  it('because this is not Linux: the error says so', () => {
    const { message } = refusal(() => loadCore({ folder, platform: 'darwin', arch: 'arm64' }));
    assert.match(message, /darwin arm64.*Linux only/);
  });
});
