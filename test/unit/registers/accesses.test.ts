import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { array, bit, block, field, reg8, reg16, reg32, reg64, registerMap } from 'mmapio/registers';
import { LoggedMemory } from '../../support/logged-memory.js';

const timer = registerMap({
  CTRL: reg32(0x00, {
    ENABLE: bit(0),
    MODE: field(2, 1, { oneshot: 0, periodic: 1 }),
    PRESCALE: field(15, 8),
  }),
  STATUS: reg32(0x04, { DONE: bit(0).w1c(), BUSY: bit(1).readOnly() }),
  COUNT: reg64(0x08).readOnly(),
  CHANNEL: array(4, 0x10, 0x20, { SRC: reg32(0x0), LEN: reg32(0x4, { BYTES: field(22, 0) }) }),
});

function bound() {
  const regs = new LoggedMemory(0x90);
  return { regs, t: timer.at(regs) };
}

describe('what each operation does on the bus', () => {
  it('binding a map touches nothing', () => {
    assert.deepEqual(bound().regs.taken(), []);
  });

  it('write is one write and reads nothing', () => {
    const { regs, t } = bound();
    t.CTRL.write({ ENABLE: 1, MODE: 'periodic', PRESCALE: 3 });
    assert.deepEqual(regs.taken(), ['w32 0x0 0x303']);
  });

  it('modify is one read and one write and keeps the other fields', () => {
    const { regs, t } = bound();
    regs.poke(0, 0xabcd_0303);
    t.CTRL.modify({ ENABLE: 0 });
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0xabcd0302']);
  });

  it('read is one read and gives every field', () => {
    const { regs, t } = bound();
    regs.poke(0, 0x0303);
    assert.deepEqual(t.CTRL.read(), { ENABLE: 1, MODE: 'periodic', PRESCALE: 3 });
    assert.deepEqual(regs.taken(), ['r32 0x0']);
  });

  it('clear is one write of only that bit', () => {
    const { regs, t } = bound();
    regs.poke(4, 0x3);
    if (t.STATUS.read().DONE) t.STATUS.clear('DONE');
    assert.deepEqual(regs.taken(), ['r32 0x4', 'w32 0x4 0x1']);
  });

  it('a register without fields reads and writes as a whole', () => {
    const { regs, t } = bound();
    regs.poke(8, 0x1234_5678_9abc_def0n, 64);
    assert.equal(t.COUNT.read(), 0x1234_5678_9abc_def0n);
    t.CHANNEL[1].SRC.write(0x8000_0000);
    assert.deepEqual(regs.taken(), ['r64 0x8', 'w32 0x30 0x80000000']);
  });

  it('an array element is where its stride puts it', () => {
    const { regs, t } = bound();
    t.CHANNEL[2].LEN.write({ BYTES: 4096 });
    assert.deepEqual(regs.taken(), ['w32 0x54 0x1000']);
  });

  it('printing a map or a register reads nothing', () => {
    const { regs, t } = bound();
    assert.match(inspect(t, { depth: 5 }), /Register CHANNEL\[2\]\.LEN \(32 bits at 0x54\)/);
    assert.deepEqual(regs.taken(), []);
  });

  it('encode and decode convert without an access', () => {
    const { regs, t } = bound();
    assert.equal(t.CTRL.encode({ MODE: 'periodic' }), 2);
    assert.deepEqual(t.CTRL.decode(0x0103), { ENABLE: 1, MODE: 'periodic', PRESCALE: 1 });
    assert.deepEqual(regs.taken(), []);
  });

  it('every width is one access of that width', () => {
    const regs = new LoggedMemory(16);
    const t = registerMap({ A: reg8(1), B: reg16(2), C: reg32(4), D: reg64(8) }).at(regs);
    t.A.write(1);
    t.B.write(2);
    t.C.write(3);
    t.D.write(4n);
    assert.deepEqual([t.A.read(), t.B.read(), t.C.read(), t.D.read()], [1, 2, 3, 4n]);
    assert.deepEqual(regs.taken(), [
      'w8 0x1 0x1',
      'w16 0x2 0x2',
      'w32 0x4 0x3',
      'w64 0x8 0x4',
      'r8 0x1',
      'r16 0x2',
      'r32 0x4',
      'r64 0x8',
    ]);
  });

  it('nested blocks add up their offsets, and a block may be big-endian', () => {
    const regs = new LoggedMemory(0x40);
    const map = registerMap({
      OUTER: block(0x10, {
        INNER: block(0x8, { R: reg32(0x4, { TOP: field(31, 24) }) }, { byteOrder: 'big' }),
      }),
    });
    const t = map.at(regs, 0x4);
    t.OUTER.INNER.R.write({ TOP: 0x12 });
    assert.deepEqual(regs.taken(), ['w32 0x20 0x12']);
    assert.equal(t.OUTER.INNER.R.read().TOP, 0x12);
  });

  it('fields wider than 32 bits are bigints', () => {
    const regs = new LoggedMemory(8);
    const { R } = registerMap({ R: reg64(0, { ADDRESS: field(47, 4), VALID: bit(0) }) }).at(regs);
    R.write({ ADDRESS: 0xfff_ffff_ffffn, VALID: 1 });
    assert.deepEqual(regs.taken(), ['w64 0x0 0xfffffffffff1']);
    assert.deepEqual(R.read(), { ADDRESS: 0xfff_ffff_ffffn, VALID: 1 });
  });
});
