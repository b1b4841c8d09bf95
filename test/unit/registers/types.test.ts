import { describe, it } from 'node:test';
import { array, bit, field, reg8, reg16, reg32, reg64, registerMap } from 'mmapio/registers';

/*
 * What the compiler accepts and refuses. Nothing here runs: that this file compiles is the test, and an
 * expected error that does not come is an error itself.
 */

const map = registerMap({
  CTRL: reg32(0x00, {
    ENABLE: bit(0),
    MODE: field(2, 1, { oneshot: 0, periodic: 1 }),
    PRESCALE: field(15, 8),
  }),
  STATUS: reg32(0x04, { DONE: bit(0).w1c(), BUSY: bit(1).readOnly() }),
  COUNT: reg64(0x08).readOnly(),
  KICK: reg32(0x10).writeOnly(),
  FIFO: reg32(0x14, { DATA: field(7, 0), LEVEL: field(15, 8).readOnly() }).readClears(),
  EVENTS: reg32(0x18, { A: bit(0).readClears(), B: bit(1) }),
  WIDE: reg64(0x20, { ADDRESS: field(47, 4), LOW: field(3, 0), HIGH: field(63, 48) }),
  CHANNEL: array(4, 0x40, 0x20, { SRC: reg32(0x0), LEN: reg32(0x4, { BYTES: field(22, 0) }) }),
  SLOT: array(2, 0xc0, 4, reg32(0, { V: bit(0) })),
});

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>() => {};

export function accepted(t: ReturnType<typeof map.at>, n: number) {
  t.CTRL.write({ ENABLE: 1, MODE: 'periodic', PRESCALE: 255 });
  t.CTRL.write({ ENABLE: n, MODE: 1, PRESCALE: n });
  t.CTRL.modify({ ENABLE: false });
  t.STATUS.clear('DONE');
  t.STATUS.write({ DONE: 1 });
  t.KICK.write(n);
  t.WIDE.write({ ADDRESS: 1n, LOW: 15, HIGH: 0xffff });
  t.FIFO.write({ DATA: 1 });
  void t.STATUS.until({ BUSY: 0 }, { timeout: 10 });
  void t.STATUS.until({ BUSY: false });
  void t.CTRL.until(({ PRESCALE }) => PRESCALE > 3);
  t.CHANNEL[2].LEN.write({ BYTES: 4096 });
  t.SLOT[1].write({ V: true });

  holds<Same<ReturnType<typeof t.COUNT.read>, bigint>>();
  const ctrl = t.CTRL.read();
  holds<Same<typeof ctrl.ENABLE, 0 | 1>>();
  holds<Same<typeof ctrl.MODE, 'oneshot' | 'periodic' | number>>();
  holds<Same<typeof ctrl.PRESCALE, number>>();
  const wide = t.WIDE.read();
  holds<Same<typeof wide.ADDRESS, bigint>>();
  holds<Same<typeof wide.LOW, number>>();
  holds<Same<typeof wide.HIGH, number>>();
  const fifo = t.FIFO.readWithEffects();
  holds<Same<typeof fifo.LEVEL, number>>();
}

export function refused(t: ReturnType<typeof map.at>, n: number) {
  // @ts-expect-error a register that does not exist
  t.CTLR.read();
  // @ts-expect-error a field that does not exist
  t.CTRL.write({ ENABEL: 1 });
  // @ts-expect-error a field that does not exist, among some that do
  t.CTRL.write({ ENABLE: 1, PRESCALER: 1 });
  // @ts-expect-error a field that does not exist
  t.CTRL.read().ENABEL;
  // @ts-expect-error a name that the enumeration does not have
  t.CTRL.write({ MODE: 'continuous' });
  // @ts-expect-error comparing with a name that the enumeration does not have
  t.CTRL.read().MODE === 'continuous';
  // @ts-expect-error too wide for one bit
  t.CTRL.write({ ENABLE: 2 });
  // @ts-expect-error too wide for two bits
  t.CTRL.modify({ MODE: 4 });
  // @ts-expect-error too wide for eight bits
  t.CTRL.write({ PRESCALE: 256 });
  // @ts-expect-error negative
  t.CTRL.write({ PRESCALE: -1 });
  // @ts-expect-error not a whole number
  t.CTRL.write({ PRESCALE: 1.5 });
  // @ts-expect-error a read-only field
  t.STATUS.write({ BUSY: 1 });
  // @ts-expect-error a read-only field
  t.STATUS.modify({ DONE: 1, BUSY: 1 });
  // @ts-expect-error a field that no write clears
  t.STATUS.clear('BUSY');
  // @ts-expect-error a field that is cleared, not set
  t.STATUS.set('DONE');
  // @ts-expect-error a read-only register
  t.COUNT.write(1n);
  // @ts-expect-error a write-only register
  t.KICK.read();
  // @ts-expect-error a write-only register
  t.KICK.modify((value) => value);
  // @ts-expect-error reading has side effects
  t.FIFO.read();
  // @ts-expect-error reading one field has side effects
  t.EVENTS.read();
  // @ts-expect-error a modify would read
  t.EVENTS.modify({ B: 1 });
  // @ts-expect-error a field of more than 32 bits is a bigint
  t.WIDE.write({ ADDRESS: 1 });
  // @ts-expect-error a register of 32 bits is a number
  t.KICK.write(1n);
  // @ts-expect-error past the end of the array
  t.CHANNEL[4];
  // @ts-expect-error a value that the field cannot have
  void t.STATUS.until({ BUSY: 2 });
  // @ts-expect-error a whole value where fields are
  t.CTRL.write(n);
}

export function refusedMaps() {
  // @ts-expect-error a bit outside the register
  registerMap({ R: reg8(0, { F: bit(8) }) });
  // @ts-expect-error a field that reaches outside the register
  registerMap({ R: reg16(0, { A: bit(0), F: field(16, 15) }) });
  // @ts-expect-error a field that reaches outside the register
  registerMap({ R: reg32(0, { F: field(32, 0) }) });
}

describe('types', () => {
  it('are checked by compiling this file', () => {});
});
