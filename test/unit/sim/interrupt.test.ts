import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import type { InterruptSource, WaitOptions } from 'mmapio';
import { reg32, registerMap } from 'mmapio/registers';
import { SimulatedDevice, SteppedClock } from 'mmapio/sim';

const map = registerMap({ R: reg32(0) });

describe("a simulated device's interrupt", () => {
  it('stands in for that of a real device', () => {
    const source: InterruptSource = new SimulatedDevice(map);
    assert.ok(source);
  });

  it('answers a wait with the count of all interrupts', async () => {
    using sim = new SimulatedDevice(map);
    const waiting = sim.waitIrq();
    sim.interrupt.raise();
    assert.equal(await waiting, 1);
  });

  it('answers at once where one came before the wait', async () => {
    using sim = new SimulatedDevice(map);
    sim.interrupt.raise();
    assert.equal(await sim.waitIrq({ timeout: 0 }), 1);
    assert.equal(await sim.waitIrq({ timeout: 0 }), null);
  });

  it('is turned off by each interrupt and comes again, once, when turned on', async () => {
    using sim = new SimulatedDevice(map);
    sim.interrupt.raise();
    sim.interrupt.raise();
    sim.interrupt.raise();
    assert.equal(sim.interrupt.count, 1);
    sim.irqOn();
    assert.equal(await sim.waitIrq(), 2);
    sim.irqOn();
    assert.equal(sim.interrupt.count, 2);
  });

  it('as a level comes again for as long as it is active', () => {
    using sim = new SimulatedDevice(map);
    sim.interrupt.setLevel(true);
    sim.irqOn();
    sim.interrupt.setLevel(false);
    sim.irqOn();
    assert.equal(sim.interrupt.count, 2);
  });

  it("times out in the device's time", async () => {
    const clock = new SteppedClock();
    using sim = new SimulatedDevice(map, { clock });
    const waiting = sim.waitIrq({ timeout: 1000 });
    clock.advance(1000);
    assert.equal(await waiting, null);
  });

  it('can be given up', async () => {
    using sim = new SimulatedDevice(map);
    const controller = new AbortController();
    const waiting = sim.waitIrq({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, { code: 'ABORT_ERR' });
    await assert.rejects(sim.waitIrq({ signal: AbortSignal.abort() }), { code: 'ABORT_ERR' });
  });

  it('ends waits and loops when the device is closed', async () => {
    const sim = new SimulatedDevice(map);
    const waiting = sim.waitIrq();
    const loop = sim.interrupts().next();
    await Promise.resolve();
    sim.close();
    await assert.rejects(waiting, { code: 'ERR_CLOSED' });
    assert.deepEqual(await loop, { done: true, value: undefined });
    assert.throws(() => sim.irqOn(), { code: 'ERR_CLOSED' });
  });

  it('is looped over with rearm at each turn', async () => {
    using sim = new SimulatedDevice(map);
    const turns: object[] = [];
    sim.irqOff();
    sim.interrupt.setLevel(true);
    for await (const turn of sim.interrupts({ rearm: 'level' })) {
      turns.push(turn);
      if (turns.length === 3) break;
    }
    assert.deepEqual(turns, [
      { count: 1, missed: 0 },
      { count: 2, missed: 0 },
      { count: 3, missed: 0 },
    ]);
  });

  it('counts what a loop missed', async () => {
    using sim = new SimulatedDevice(map);
    const loop = sim.interrupts({ rearm: false });
    const first = loop.next();
    await Promise.resolve();
    for (let i = 0; i < 3; i++) {
      sim.interrupt.raise();
      sim.irqOn();
    }
    await first;
    assert.deepEqual((await loop.next()).value, { count: 3, missed: 1 });
  });

  it('that is pending when a level loop begins is served before it is turned on', async () => {
    using sim = new SimulatedDevice(map);
    sim.interrupt.setLevel(true);
    const loop = sim.interrupts();
    assert.deepEqual((await loop.next()).value, { count: 1, missed: 0 });
    assert.equal(sim.interrupt.enabled, false);
    await loop.return();
  });

  it('is not turned on by a loop that was aborted or closed', async () => {
    using sim = new SimulatedDevice(map);
    sim.irqOff();
    const aborted = sim.interrupts({ signal: AbortSignal.abort() });
    await assert.rejects(aborted.next(), { code: 'ABORT_ERR' });
    assert.equal(sim.interrupt.enabled, false);
    const controller = new AbortController();
    const loop = sim.interrupts({ signal: controller.signal });
    const turn = loop.next();
    sim.interrupt.raise();
    await turn;
    controller.abort();
    await assert.rejects(loop.next(), { code: 'ABORT_ERR' });
    assert.equal(sim.interrupt.enabled, false);
  });

  it('refuses the options that a real device refuses', async () => {
    using sim = new SimulatedDevice(map);
    const wrong = [null, 1000, { timeout: -1 }, { signal: new AbortController() }] as WaitOptions[];
    for (const options of wrong) await assert.rejects(sim.waitIrq(options), { code: 'ERR_INVALID_ARGUMENT' });
    const rearm = Symbol('never') as never;
    await assert.rejects(sim.interrupts({ rearm }).next(), { code: 'ERR_INVALID_ARGUMENT' });
  });

  it('has no limit for a wait beyond the longest one', async () => {
    const clock = new SteppedClock();
    using sim = new SimulatedDevice(map, { clock });
    const waiting = sim.waitIrq({ timeout: 2 ** 31 });
    clock.advance(2 ** 40);
    sim.interrupt.raise();
    assert.equal(await waiting, 1);
  });

  it('takes any number of waits on one signal as one listener', async () => {
    using sim = new SimulatedDevice(map);
    const { signal } = new AbortController();
    const waits = Array.from({ length: 12 }, () => sim.waitIrq({ signal }));
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    sim.interrupt.raise();
    assert.deepEqual(await Promise.all(waits), Array(12).fill(1));
  });
});
