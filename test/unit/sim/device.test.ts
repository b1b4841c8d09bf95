import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { array, bit, block, field, reg8, reg16, reg32, registerMap } from 'mmapio/registers';
import { SimulatedDevice } from 'mmapio/sim';

const map = registerMap({
  CTRL: reg32(0x00, {
    ENABLE: bit(0),
    MODE: field(2, 1, { oneshot: 0, periodic: 1 }),
    KEY: field(15, 8).writeOnly(),
  }).reset(0x0002),
  STATUS: reg32(0x04, { DONE: bit(0).w1c(), BUSY: bit(1).readOnly(), SEEN: bit(2).readClears() }),
  RULES: reg8(0x08, {
    C1: bit(0).w1c(),
    S1: bit(1).w1s(),
    T1: bit(2).w1t(),
    C0: bit(3).w0c(),
    S0: bit(4).w0s(),
    T0: bit(5).w0t(),
    PLAIN: bit(6),
  }),
  COUNT: reg32(0x0c).readOnly(),
  KICK: reg16(0x10).writeOnly(),
  CHANNEL: array(2, 0x20, 0x10, { LEN: reg32(0) }),
  BIG: block(0x40, { R: reg32(0, { TOP: field(31, 24) }) }, { byteOrder: 'big' }),
});

function device() {
  const sim = new SimulatedDevice(map);
  return { sim, t: map.at(sim) };
}

describe("a simulated device's registers", () => {
  it('begin with their reset value and go back to it', () => {
    const { sim, t } = device();
    assert.deepEqual(t.CTRL.read(), { ENABLE: 0, MODE: 'periodic' });
    t.CTRL.write({ MODE: 'oneshot' });
    sim.reset();
    assert.equal(t.CTRL.read().MODE, 'periodic');
  });

  it('store what may be written and keep the rest', () => {
    const { sim, t } = device();
    sim.poke('STATUS', { BUSY: 1 });
    t.STATUS.writeValue(0);
    assert.deepEqual(sim.peek('STATUS'), { DONE: 0, BUSY: 1, SEEN: 0 });
  });

  it('read write-only fields as 0 and know them all the same', () => {
    const { sim, t } = device();
    t.CTRL.write({ KEY: 0x5a });
    assert.equal(t.CTRL.readValue(), 0x0002);
    assert.deepEqual(sim.peek('CTRL'), { ENABLE: 0, MODE: 'periodic', KEY: 0x5a });
  });

  it('follow the rule of each field on a write', () => {
    for (const [before, written, after] of [
      [0b000_0000, 0b111_1111, 0b100_0110],
      [0b111_1111, 0b111_1111, 0b111_1010],
      [0b000_0000, 0b000_0000, 0b011_0000],
      [0b111_1111, 0b000_0000, 0b001_0111],
    ] as const) {
      const { sim, t } = device();
      sim.poke('RULES', before);
      t.RULES.writeValue(written);
      assert.equal(
        sim.peekValue('RULES'),
        after,
        `${before.toString(2)} written with ${written.toString(2)}`,
      );
    }
  });

  it('clear on a read what reading clears, and not on a peek', () => {
    const { sim, t } = device();
    sim.poke('STATUS', { SEEN: 1 });
    assert.deepEqual(sim.peek('STATUS'), { DONE: 0, BUSY: 0, SEEN: 1 });
    assert.equal(t.STATUS.readWithEffects().SEEN, 1);
    assert.equal(t.STATUS.readWithEffects().SEEN, 0);
  });

  it('take the first write only where only the first counts', () => {
    const once = registerMap({ LOCK: reg8(0, { L: field(3, 0).writeOnce() }) });
    const sim = new SimulatedDevice(once);
    const { LOCK } = once.at(sim);
    LOCK.write({ L: 5 });
    LOCK.write({ L: 6 });
    assert.equal(LOCK.read().L, 5);
    sim.reset();
    LOCK.write({ L: 6 });
    assert.equal(LOCK.read().L, 6);
  });

  it('of a big-endian block have their bytes in that order', () => {
    const { sim, t } = device();
    t.BIG.R.write({ TOP: 0x12 });
    assert.equal(sim.readUint32(0x40), 0x12);
    assert.deepEqual(sim.peek('BIG.R'), { TOP: 0x12 });
  });
});

describe('a simulated device refuses', () => {
  const refusals: [string, (sim: SimulatedDevice) => void, RegExp][] = [
    [
      'an access that hits no register',
      (sim) => sim.readUint32(0x14),
      /32-bit read at 0x14 hits no register/,
    ],
    ['an access of another width', (sim) => sim.readUint8(0), /8-bit read at 0x0 hits no register/],
    ['a write of what is read-only', (sim) => sim.writeUint32(0x0c, 1), /COUNT is read-only/],
    ['a read of what is write-only', (sim) => sim.readUint16(0x10), /KICK is write-only/],
    ['a value too wide', (sim) => sim.writeUint16(0x10, 0x10000), /65536 is not a value of 16 bits/],
    [
      'behaviour for a register that is not there',
      (sim) => sim.onRead('GONE', () => {}),
      /no register 'GONE'/,
    ],
    [
      'a poke of a field that is not there',
      (sim) => sim.poke('CTRL', { GONE: 1 }),
      /CTRL has no field 'GONE'/,
    ],
  ];
  for (const [what, action, message] of refusals) {
    it(what, () => {
      assert.throws(() => action(new SimulatedDevice(map)), { name: 'MmapioError', message });
    });
  }
});

describe("a simulated device's behaviour", () => {
  it('runs when software writes, after the register has the new value', () => {
    const { sim, t } = device();
    sim.onWrite('CTRL', ({ fields: { ENABLE }, old }) => {
      assert.equal(old, 2);
      if (ENABLE === 1) sim.poke('STATUS', { BUSY: 1 });
    });
    t.CTRL.write({ ENABLE: 1 });
    assert.equal(t.STATUS.readWithEffects().BUSY, 1);
  });

  it('runs when software reads, and may say what is read', () => {
    const { sim, t } = device();
    let count = 0;
    sim.onRead('COUNT', () => ++count);
    assert.deepEqual([t.COUNT.read(), t.COUNT.read()], [1, 2]);
  });

  it('holds for every element of an array at once', () => {
    const { sim, t } = device();
    const paths: string[] = [];
    sim.onWrite('CHANNEL[].LEN', ({ path, value }) => paths.push(`${path}=${value}`));
    t.CHANNEL[0].LEN.write(1);
    t.CHANNEL[1].LEN.write(2);
    assert.deepEqual(paths, ['CHANNEL[0].LEN=1', 'CHANNEL[1].LEN=2']);
  });

  it('happens in time that is stepped, each thing at its own instant', () => {
    const { sim } = device();
    const seen: [string, number][] = [];
    sim.after(5, () => seen.push(['once', sim.clock.now()]));
    const stop = sim.every(2, () => seen.push(['again', sim.clock.now()]));
    sim.advance(5);
    stop();
    sim.advance(10);
    assert.deepEqual(seen, [
      ['again', 2],
      ['again', 4],
      ['once', 5],
    ]);
  });

  it('lets a driver poll for something that time brings', async () => {
    const { sim, t } = device();
    sim.poke('CTRL', { ENABLE: 1 });
    sim.after(10, () => sim.poke('CTRL', { ENABLE: 0 }));
    sim.onRead('CTRL', () => sim.advance(1));
    await t.CTRL.until({ ENABLE: 0 });
    assert.equal(sim.clock.now(), 10);
  });
});
