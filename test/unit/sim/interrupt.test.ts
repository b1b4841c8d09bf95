import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InterruptSource } from 'mmapio';
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
});
