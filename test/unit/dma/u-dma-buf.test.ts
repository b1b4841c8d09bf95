import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type SyncOptions, UDmaBuf } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakeBuffer } from '../../support/fake-u-dma-buf.js';
import { countDescriptors, countMappings } from '../../support/resources.js';

describe('a u-dma-buf', () => {
  it('has the address that the device is given, and its length', (t) => {
    using buffer = new UDmaBuf('udmabuf0', fakeBuffer(t));
    assert.equal(buffer.address, 0x70100000n);
    assert.equal(buffer.length, 0x10000);
    assert.equal(buffer.syncMode, 1);
    assert.equal(buffer.coherent, false);
    assert.match(inspect(buffer), /UDmaBuf { 0x70100000, 0x10000 bytes }/);
  });

  it('is one memory, as bytes, as other arrays and as registers', (t) => {
    const roots = fakeBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', roots);
    buffer.bytes.set([0x11, 0x22, 0x33, 0x44], 0x100);
    assert.equal(buffer.regs().readWord(0x100), 0x44332211);
    buffer.regs({ offset: 0x200, length: 4 }).writeWord(0, 0xdeadbeef);
    assert.equal(new Uint32Array(buffer.bytes.buffer, 0x200, 1)[0], 0xdeadbeef);
    assert.equal(readFileSync(join(roots.dev, 'udmabuf0')).readUInt32LE(0x200), 0xdeadbeef);
    assert.equal(buffer.bytes, buffer.bytes);
    assert.throws(() => buffer.regs({ offset: 0x200, length: 4 }).readWord(4), withCode('ERR_OUT_OF_RANGE'));
  });

  it('of a length that is no multiple of a page ends where it ends', (t) => {
    using buffer = new UDmaBuf('udmabuf0', fakeBuffer(t, { size: 0x1234 }));
    assert.equal(buffer.bytes.length, 0x1234);
    assert.equal(buffer.regs().length, 0x1234);
  });

  it('is found under the name that the driver had before version 2.0', (t) => {
    const roots = fakeBuffer(t, { class: 'udmabuf', name: 'image' });
    assert.deepEqual(UDmaBuf.list(roots), ['image']);
    using buffer = new UDmaBuf('image', roots);
    assert.equal(buffer.name, 'image');
  });

  it('that is unknown is an error with those that there are', (t) => {
    const roots = fakeBuffer(t);
    assert.throws(() => new UDmaBuf('udmabuf1', roots), withCode('ERR_NOT_FOUND', /There are: udmabuf0/));
    assert.throws(() => new UDmaBuf('../u-dma-buf/udmabuf0', roots), withCode('ERR_NOT_FOUND'));
    assert.deepEqual(UDmaBuf.list({ sysfs: join(roots.sysfs, 'none') }), []);
  });

  it('sets the sync mode when asked to', (t) => {
    const roots = fakeBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', { ...roots, syncMode: 2 });
    assert.equal(buffer.syncMode, 2);
    assert.throws(() => new UDmaBuf('udmabuf0', { ...roots, syncMode: 8 }), withCode('ERR_INVALID_ARGUMENT'));
  });
});

describe('synchronisation of a u-dma-buf', () => {
  it('is one write of offset, size, direction and 1', (t) => {
    const roots = fakeBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', roots);
    buffer.syncForDevice({ offset: 0x1000, length: 0x200, direction: 'to-device' });
    assert.equal(roots.read('sync_for_device'), '0x100000000205');
    buffer.syncForCpu({ offset: 0x2000, length: 0x40, direction: 'from-device' });
    assert.equal(roots.read('sync_for_cpu'), '0x200000000049');
  });

  it('is for all of the buffer and both directions where nothing is said', (t) => {
    const roots = fakeBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', roots);
    buffer.syncForCpu();
    assert.equal(roots.read('sync_for_cpu'), '0x10001');
  });

  it('writes nothing for an empty range, and nothing where the hardware is coherent', (t) => {
    const roots = fakeBuffer(t);
    using buffer = new UDmaBuf('udmabuf0', roots);
    buffer.syncForCpu({ length: 0 });
    assert.equal(roots.read('sync_for_cpu'), '');
    const coherent = fakeBuffer(t, { coherent: '1' });
    using other = new UDmaBuf('udmabuf0', coherent);
    other.syncForDevice();
    assert.equal(coherent.read('sync_for_device'), '');
  });

  it('refuses what the driver cannot be told, before anything is written', (t) => {
    const roots = fakeBuffer(t, { size: 2 ** 33 });
    using buffer = new UDmaBuf('udmabuf0', roots);
    const open = () => buffer.syncForCpu();
    assert.throws(open, withCode('ERR_UNSUPPORTED', /offsets below 0x100000000/));
    assert.equal(roots.read('sync_for_cpu'), '');
  });

  it('refuses what is no range of the buffer', (t) => {
    using buffer = new UDmaBuf('udmabuf0', fakeBuffer(t));
    const sync = (options: SyncOptions) => () => buffer.syncForCpu(options);
    assert.throws(sync({ offset: 0x10000, length: 1 }), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(sync({ offset: -1 }), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(sync({ length: 0.5 }), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(sync({ direction: 'up' as 'both' }), withCode('ERR_INVALID_ARGUMENT'));
  });
});

describe('a closed DMA buffer', () => {
  it('leaves views of no length behind', (t) => {
    const roots = fakeBuffer(t);
    const buffer = new UDmaBuf('udmabuf0', roots);
    const { bytes } = buffer;
    const words = new Uint32Array(bytes.buffer);
    bytes.fill(0x5a);
    buffer.close();
    buffer.close();
    assert.equal(buffer.closed, true);
    assert.equal(bytes.length, 0);
    assert.equal(words[0], undefined);
    assert.throws(() => buffer.bytes, withCode('ERR_CLOSED'));
    assert.throws(() => buffer.regs(), withCode('ERR_CLOSED'));
    assert.throws(() => buffer.syncForCpu(), withCode('ERR_CLOSED'));
    assert.equal(readFileSync(join(roots.dev, 'udmabuf0'))[0], 0x5a);
  });

  it('is zeros for whoever took the memory away, and takes nothing from him', (t) => {
    const roots = fakeBuffer(t);
    const buffer = new UDmaBuf('udmabuf0', roots);
    buffer.bytes.fill(0x5a);
    const taken = takeAway(buffer.bytes.buffer as ArrayBuffer);
    buffer.close();
    // Whatever is mapped next must not come to lie there.
    const other = new UDmaBuf('udmabuf0', roots);
    const stale = new Uint8Array(taken);
    assert.ok(stale.every((byte) => byte === 0));
    stale.fill(0xff);
    assert.equal(other.bytes[0], 0x5a);
    other.close();
  });

  it('leaks neither descriptors nor mappings', async (t) => {
    const roots = fakeBuffer(t);
    const use = () => {
      using buffer = new UDmaBuf('udmabuf0', roots);
      buffer.bytes.fill(1);
      buffer.regs().readWord(0);
    };
    use();
    const [descriptors, mappings] = [countDescriptors(), countMappings('udmabuf0')];
    for (let i = 0; i < 1000; i++) use();
    assert.equal(countDescriptors(), descriptors);
    assert.equal(countMappings('udmabuf0'), mappings);
  });
});

/** Moves the memory to an ArrayBuffer that the library knows nothing of, where the runtime can do that. */
function takeAway(buffer: ArrayBuffer): ArrayBuffer {
  const { transfer } = buffer as { transfer?: () => ArrayBuffer };
  return transfer === undefined ? new ArrayBuffer(0) : transfer.call(buffer);
}
