import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bit, field, reg32, registerMap } from 'mmapio/registers';
import { SimulatedDevice } from 'mmapio/sim';

const map = registerMap({
  STATUS: reg32(0, { BUSY: bit(0), STATE: field(3, 2, { idle: 0, run: 1 }) }),
  COUNT: reg32(4),
});

function polled(busyReads: number) {
  const sim = new SimulatedDevice(map);
  let reads = 0;
  sim.poke('STATUS', { BUSY: 1, STATE: 'run' });
  sim.onRead('STATUS', () => {
    if (++reads > busyReads) sim.poke('STATUS', { BUSY: 0, STATE: 'idle' });
  });
  return { t: map.at(sim), reads: () => reads };
}

describe('until', () => {
  it('reads until the fields have the values, and gives what it read last', async () => {
    const { t, reads } = polled(3);
    assert.deepEqual(await t.STATUS.until({ BUSY: 0, STATE: 'idle' }), { BUSY: 0, STATE: 'idle' });
    assert.equal(reads(), 4);
  });

  it('takes booleans for bits, and functions', async () => {
    assert.equal((await polled(1).t.STATUS.until({ BUSY: false })).BUSY, 0);
    assert.equal((await polled(1).t.STATUS.until(({ STATE }) => STATE === 'idle')).BUSY, 0);
  });

  it('reads once even where no time is given', async () => {
    const { t, reads } = polled(0);
    await t.STATUS.until({ BUSY: 0 }, { timeout: 0 });
    assert.equal(reads(), 1);
  });

  it('names the register and its last value when the time is up', async () => {
    await assert.rejects(polled(Number.POSITIVE_INFINITY).t.STATUS.until({ BUSY: 0 }, { timeout: 1 }), {
      code: 'ERR_TIMEOUT',
      message:
        "STATUS did not get to the awaited value in 1 ms; last read 0x00000005 { BUSY: 1, STATE: 'run' }",
    });
  });

  it('can be given up', async () => {
    const { t } = polled(Number.POSITIVE_INFINITY);
    await assert.rejects(t.STATUS.until({ BUSY: 0 }, { signal: AbortSignal.abort() }), { code: 'ABORT_ERR' });
  });

  it('is given up at once, and ends in time, however long the interval is', async () => {
    const { t } = polled(Number.POSITIVE_INFINITY);
    const controller = new AbortController();
    const given = t.STATUS.until({ BUSY: 0 }, { timeout: 1e9, interval: 1e9, signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(given, { code: 'ABORT_ERR' });
    await assert.rejects(t.STATUS.until({ BUSY: 0 }, { timeout: 1, interval: 1e300 }), {
      code: 'ERR_TIMEOUT',
    });
  });

  it('refuses options that are none', async () => {
    const { t, reads } = polled(0);
    for (const options of [
      null,
      10,
      { timout: 5 },
      { signal: new AbortController() },
      { timeout: Symbol('soon') },
    ]) {
      await assert.rejects(t.STATUS.until({ BUSY: 0 }, options as object), { code: 'ERR_INVALID_ARGUMENT' });
    }
    assert.equal(reads(), 0);
  });

  it('refuses times that are none', async () => {
    const { t, reads } = polled(0);
    await assert.rejects(t.STATUS.until({ BUSY: 0 }, { timeout: Number.NaN }), {
      code: 'ERR_INVALID_ARGUMENT',
    });
    await assert.rejects(t.STATUS.until({ BUSY: 0 }, { interval: -1 }), { code: 'ERR_INVALID_ARGUMENT' });
    assert.equal(reads(), 0);
  });

  it('refuses a field that is not there, before it reads', async () => {
    const { t, reads } = polled(0);
    const gone: object = { GONE: 1 };
    await assert.rejects(t.STATUS.until(gone), { code: 'ERR_NOT_FOUND' });
    assert.equal(reads(), 0);
  });
});
