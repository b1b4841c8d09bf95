/* A bus error behind the views of a DMA buffer, of which the access itself says nothing. */
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { UDmaBuf } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakeBuffer } from '../../support/fake-u-dma-buf.js';
import { mappedFile } from '../../support/files.js';

/** A buffer whose memory went away while it was looked at. */
function lostBuffer(t: TestContext): UDmaBuf {
  const roots = fakeBuffer(t);
  const buffer = new UDmaBuf('udmabuf0', roots);
  t.after(() => buffer.close());
  const { bytes } = buffer;
  truncateSync(join(roots.dev, 'udmabuf0'), 0);
  assert.equal(bytes[0x2345], 0xff);
  return buffer;
}

describe('a bus error in the bytes of a DMA buffer', () => {
  it('ends no other mapping', (t) => {
    const { map, region } = mappedFile(t, 64, { engine: 'native' });
    lostBuffer(t);
    assert.equal(region.readWord(0), 0x03020100);
    assert.equal(map.dead, false);
  });

  it('is an error of the next use of the buffer', (t) => {
    for (const use of [
      (buffer: UDmaBuf) => buffer.syncForCpu(),
      (buffer: UDmaBuf) => buffer.syncForDevice(),
      (buffer: UDmaBuf) => buffer.bytes,
      (buffer: UDmaBuf) => buffer.regs().readWord(0),
    ]) {
      assert.throws(() => use(lostBuffer(t)), withCode('ERR_BUS_FAULT', /0x2345/));
    }
  });

  it('is that still when another mapping has noticed it', (t) => {
    const { region } = mappedFile(t, 64, { engine: 'native' });
    const buffer = lostBuffer(t);
    region.readWord(0);
    assert.throws(() => buffer.syncForCpu(), withCode('ERR_BUS_FAULT', /0x2345/));
  });
});
