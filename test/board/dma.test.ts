/* DMA buffers on Arm. The files of u-dma-buf are plain files here, and its memory is a memfd of the kernel. */
import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { PhysicalMemory, PinnedMemory, UDmaBuf } from 'mmapio';
import { native } from '#src/native/binding.js';
import { withCode } from '../support/errors.js';
import { fakeBuffer } from '../support/fake-u-dma-buf.js';

/** The files of a buffer, with memory that only the kernel has in place of the node. */
function kernelBuffer(t: TestContext, options: Parameters<typeof fakeBuffer>[1] = {}) {
  const roots = fakeBuffer(t, options);
  const fd = native.createMemory(0x10000, 0);
  assert.ok(fd >= 0);
  t.after(() => native.closeDescriptor(fd));
  const node = join(roots.dev, 'udmabuf0');
  rmSync(node);
  symlinkSync(`/proc/self/fd/${fd}`, node);
  return roots;
}

describe('a u-dma-buf on Arm', () => {
  it('is bytes and registers where the memory is cached, or combines writes', (t) => {
    for (const { syncMode, sync } of [
      { syncMode: 1, sync: false },
      { syncMode: 2, sync: true },
      { syncMode: 3, sync: true },
    ]) {
      using buffer = new UDmaBuf('udmabuf0', { ...kernelBuffer(t, { syncMode }), sync });
      buffer.bytes.fill(0x5a, 1, 4);
      assert.equal(buffer.regs().readWord(0), 0x5a5a5a00);
    }
  });

  it('is registers alone where it is device memory', (t) => {
    for (const { syncMode, sync } of [
      { syncMode: 1, sync: true },
      { syncMode: 5, sync: false },
    ]) {
      using buffer = new UDmaBuf('udmabuf0', { ...kernelBuffer(t, { syncMode }), sync });
      assert.throws(() => buffer.bytes, withCode('ERR_UNSUPPORTED', /device memory.*use regs\(\)/));
      buffer.regs().writeWord(4, 1);
      assert.equal(buffer.regs().readByte(4), 1);
    }
  });

  it('is synchronised by one write', (t) => {
    const roots = kernelBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', roots);
    buffer.syncForDevice({ offset: 0x40, length: 0x40, direction: 'to-device' });
    assert.equal(roots.read('sync_for_device'), '0x4000000045');
  });
});

describe('locked memory on Arm', () => {
  it('has a physical address', () => {
    using buffer = new PinnedMemory(4096);
    buffer.bytes[0] = 1;
    assert.equal(PhysicalMemory.ownersOf(buffer.address)[0]?.owner, 'System RAM');
  });
});
