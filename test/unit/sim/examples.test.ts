import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expect, Script, SimulatedDevice, SteppedClock } from 'mmapio/sim';
import { Clock, clockMap } from '../../../examples/clock.js';
import { Gpio, gpioMap } from '../../../examples/gpio.js';

/** What a PL031 does, as far as the driver can tell. */
function simulatedClock() {
  const clock = new SteppedClock();
  const sim = new SimulatedDevice(clockMap, { clock, length: 0x1000 });
  const update = () => {
    const masked = Number(sim.peekValue('RAW')) & Number(sim.peekValue('MASK'));
    sim.poke('MASKED', { RAISED: masked });
    sim.interrupt.setLevel(masked === 1);
  };
  sim.every(1000, () => {
    const seconds = Number(sim.peekValue('DATA')) + 1;
    sim.poke('DATA', seconds);
    if (seconds === sim.peekValue('MATCH')) sim.poke('RAW', { RAISED: 1 });
    update();
  });
  sim.onWrite('LOAD', ({ value }) => sim.poke('DATA', value));
  sim.onWrite('MASK', update);
  sim.onWrite('CLEAR', ({ fields: { ALARM } }) => {
    if (ALARM === 1) sim.poke('RAW', { RAISED: 0 });
    update();
  });
  return sim;
}

describe('the clock driver', () => {
  it('tells the time', () => {
    using sim = simulatedClock();
    sim.poke('DATA', 1_000_000_000);
    assert.equal(new Clock(sim).now().toISOString(), '2001-09-09T01:46:40.000Z');
  });

  it('rings when the clock has gone on, and leaves no interrupt behind', async () => {
    using sim = simulatedClock();
    const ringing = new Clock(sim).alarm(3, { timeout: 10_000 });
    sim.advance(3000);
    assert.equal(await ringing, true);
    assert.deepEqual([sim.peek('RAW'), sim.peek('MASK')], [{ RAISED: 0 }, { ENABLED: 0 }]);
  });

  it('gives up when no interrupt comes', async () => {
    using sim = simulatedClock();
    const ringing = new Clock(sim).alarm(20, { timeout: 10_000 });
    sim.advance(10_000);
    assert.equal(await ringing, false);
  });
});

describe('the GPIO driver', () => {
  it('writes just the chosen lines, and reads no more than it must', () => {
    const expect = new Expect(gpioMap);
    const script = new Script(
      [
        expect.read('DIRECTION', { OUTPUT: 0x80 }),
        expect.read('DIRECTION', { OUTPUT: 0x80 }),
        expect.write('DIRECTION', { OUTPUT: 0x83 }),
        expect.write('DATA[3]', { LINES: 2 }),
      ],
      { map: gpioMap },
    );
    const { irqOn, irqOff, waitIrq, interrupts } = new SimulatedDevice(gpioMap);
    new Gpio({ regs: () => script, irqOn, irqOff, waitIrq, interrupts }).write(3, 2);
    script.finish();
  });

  it('waits for a low level', async () => {
    using sim = new SimulatedDevice(gpioMap);
    sim.onWrite('MASK', ({ fields: { ENABLED } }) => {
      sim.poke('MASKED', { RAISED: ENABLED ?? 0 });
      sim.interrupt.setLevel(ENABLED !== 0);
    });
    assert.equal(await new Gpio(sim).whenLow(0b1000, { timeout: 1000 }), 0b1000);
  });
});
